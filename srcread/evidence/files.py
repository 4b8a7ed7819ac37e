"""evidence/<stem>.json, read with suspicion and written only when it says something new.

    {"format": 2, "note": stem, "runs": [{"claims": …, "confirmed": …, "date": …, …}]}

One run per (versions of the distributions as installed, device kind, compute capability, whether
functions were replaced by those of the tour's version); the newest replaces, and keeps the reach
and the controls of the one before where it has none of its own and ran the very same. It replaces
runs of another snippet, too, that differ from it in which distributions they name, and in no
version of those that both name (`supersedes`). Keys are sorted, indented by one, UTF-8, and the
file is replaced in one step.

A file is contributed content: what is corrupt, foreign or contradicts itself is a diagnostic, and
never confirms. Unknown keys are a newer srcread's: reading passes over them, and writing keeps
them, except in the run that is replaced, whose run they described. A key that changes its meaning
takes a new `format`. A file of format 1 is read and, when a run is recorded, written as format 2; a
file of a newer one is never overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import reduce
from pathlib import Path

from srcread.errors import SrcreadError
from srcread.evidence.bounds import MOST_RUNS
from srcread.evidence.fields import field_of
from srcread.evidence.format1 import upgraded_run
from srcread.evidence.loading import EVIDENCE, Unusable, load_json
from srcread.evidence.runs import read_run, run_json
from srcread.model import ClaimResult, Diagnostic, Evidence, Run
from srcread.notes.format.codes import finding
from srcread.support.files import write_file

FORMAT = 2

_ANEW = "Run `srcread confirm {}` to write it anew."


def evidence_path(folder: Path, stem: str) -> Path:
    """Return where a tour's folder keeps the evidence of one note."""
    return folder / "evidence" / f"{stem}.json"


def read_evidence(path: Path) -> tuple[Evidence | None, tuple[Diagnostic, ...]]:
    """Read a note's evidence: None if there is none or it is unusable, which a finding explains."""
    try:
        content = _load(path)
    except FileNotFoundError:
        return None, ()
    except Unusable as problem:
        return None, (_diagnostic(path, problem),)
    runs: dict[tuple[object, ...], Run] = {}
    problems: list[Diagnostic] = []
    values = field_of(content, "runs", list)
    if len(values) > MOST_RUNS:
        message = f"has {len(values):,} runs, and at most {MOST_RUNS} are read"
        return None, (_diagnostic(path, Unusable("EVID025", message)),)
    for number, value in enumerate(values, 1):
        try:
            run = _read(content, value)
            if identity(run) in runs:
                raise Unusable("EVID007", "is the second for its versions and device")
            runs[identity(run)] = run
        except Unusable as problem:
            problem.message = f"run {number} {problem.message}"
            problems.append(_diagnostic(path, problem))
    return Evidence(path.stem, tuple(runs.values())), tuple(problems)


def record_run(path: Path, run: Run) -> bool:
    """Write a run into a note's evidence, and tell whether the file had to change.

    A run that depended on the same, in the environment and with the verdicts of the recorded one,
    changes nothing, so that its date says since when they hold. A corrupt file is written anew.

    Raises:
        SrcreadError: the file is of a newer format, or cannot be written.
    """
    try:
        content = _load(path)
    except FileNotFoundError:
        content = {}
    except Unusable as problem:
        if problem.code == "EVID003":
            raise SrcreadError(f"{path}: {problem.message}. Use a newer srcread.") from None
        content = {}
    is_current = content.get("format") == FORMAT
    recorded = list(_recorded(content))
    kept = [
        (identity(old), value if is_current else run_json(old))
        for old, value in recorded
        if identity(old) != identity(run) and not supersedes(run, old)
    ]
    known = [old for old, _ in recorded if identity(old) == identity(run)]
    newest = reduce(lambda found, old: _newer(old, found), known, run)
    same = [value for old, value in recorded if old is newest] if is_current else []
    if same and len(recorded) == len(kept) + 1:
        return False
    kept.append((identity(newest), same[0] if same else run_json(newest)))
    kept.sort(key=lambda pair: repr(pair[0]))
    runs = [value for _, value in kept]
    _write(path, {**content, "format": FORMAT, "note": path.stem, "runs": runs})
    return True


def _recorded(content: Mapping[str, object]) -> Iterator[tuple[Run, object]]:
    """Yield the runs of a file that can be read, with what is written of each."""
    for value in field_of(content, "runs", list) if content else []:
        with suppress(Unusable):
            yield _read(content, value), value


def _load(path: Path) -> dict[str, object]:
    content: dict[str, object] = load_json(path, "evidence", (1, FORMAT), EVIDENCE)
    field_of(content, "runs", list)
    note = field_of(content, "note", str)
    if note != path.stem:
        raise Unusable("EVID006", f"is evidence for {note!r}, not for {path.stem!r}")
    return content


def _read(content: Mapping[str, object], value: object) -> Run:
    return read_run(upgraded_run(value) if content["format"] == 1 else value)


def identity(run: Run) -> tuple[object, ...]:
    """Return what tells a run's place in its file from those of others: a file has one of each."""
    versions = tuple(sorted(run.environment.distributions.items()))
    device = run.environment.device
    return (versions, device.kind, device.compute_capability or "", bool(run.replaced))


def supersedes(run: Run, old: Run) -> bool:
    """Tell whether a run takes the place of one of an earlier snippet, in a place beside its own.

    A snippet that gains or loses an import ran with other distributions, which makes it another
    place. It is the same environment as far as both tell: the same device, and no distribution of
    which both name another version.
    """
    if run.depends.script == old.depends.script or identity(run)[1:] != identity(old)[1:]:
        return False
    before, now = old.environment.distributions, run.environment.distributions
    return all(now[name] == before[name] for name in now.keys() & before.keys())


def _newer(old: Run, run: Run) -> Run:
    """Return the run to keep of two in one place: the old one where the new one says the same.

    One's own run takes the place of an imported one that says no more, and takes over nothing of
    it; an imported run takes the place of one's own only with news of the claims.
    """
    whole = _with_earlier(run, old)
    if run.imported and not old.imported and _unbound(whole) == _unbound(old):
        return old
    if _verdict(whole) != _verdict(old):
        return run if old.imported and not run.imported else whole
    return run if old.imported and not run.imported and whole == run else old


def _with_earlier(run: Run, old: Run) -> Run:
    """Return a run with what only the earlier one of the same code and snippet has recorded.

    A run without controls says nothing against those that were made: it is one that was quicker.
    """
    if not (run.confirmed and old.confirmed and run.depends == old.depends):
        return run
    reach = old.reach if run.reach is None else run.reach
    same_lines = reach == old.reach  # a note may stand at other lines of the same symbol now
    return replace(
        run,
        reach=reach,
        controls=old.controls if run.controls is None and same_lines else run.controls,
        executed=old.executed if run.executed is None else run.executed,
    )


def _verdict(run: Run) -> Run:
    """Return a run without what may differ between two runs that say the same.

    The RECORD of a distribution differs from installation to installation: that it is known counts.
    """
    claims = (ClaimResult(claim.sentence, 0, claim.held) for claim in run.claims)
    where = replace(run.environment, records=dict.fromkeys(run.environment.records, ""))
    return replace(
        run,
        environment=where,
        date="",
        output="",
        claims=tuple(claims),
        peak_memory=None,
        by=None,
        imported=None,
    )


def _unbound(run: Run) -> Run:
    """Return a run's verdict without the digests of what was installed and locked."""
    verdict = _verdict(run)
    return replace(verdict, lock=None, environment=replace(verdict.environment, records={}))


def _write(path: Path, content: Mapping[str, object]) -> None:
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    data = text.encode("utf-8", "backslashreplace")  # a lone surrogate becomes JSON's own \uXXXX
    write_file(path, data)


def _diagnostic(path: Path, problem: Unusable) -> Diagnostic:
    hint = "Use a newer srcread." if problem.code == "EVID003" else _ANEW.format(path.stem)
    return finding(problem.code, path, problem.line, f"{problem.message}.", hint)
