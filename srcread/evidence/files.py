"""evidence/<stem>.json, read with suspicion and written only when it says something new.

    {"format": 1, "note": stem, "runs": [{"claims": …, "confirmed": …, "date": …, …}]}

One run per (versions of the distributions as installed, device kind, compute capability); the
newest replaces. Keys are sorted, indented by one, UTF-8, and the file is replaced in one step.

A file is contributed content: what is corrupt, foreign or contradicts itself is a diagnostic, and
never confirms. Unknown keys are a newer srcread's (reach, controls): reading passes over them, and
writing keeps them, except in the run that is replaced, whose run they described. A key that changes
its meaning takes a new `format`, and a file of another format is never overwritten.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

from srcread.errors import SrcreadError
from srcread.model import ClaimResult, Device, Diagnostic, Environment, Evidence, Run

FORMAT = 1

_T = TypeVar("_T")
_ANEW = "Run `srcread confirm {}` to write it anew."


class _Unusable(Exception):
    """A file or run that cannot be used: a code, what is wrong, and the line if it is known."""

    def __init__(self, code: str, message: str, line: int = 0) -> None:
        self.code, self.message, self.line = code, message, line
        super().__init__(message)


def evidence_path(folder: Path, stem: str) -> Path:
    """Return where a tour's folder keeps the evidence of one note."""
    return folder / "evidence" / f"{stem}.json"


def read_evidence(path: Path) -> tuple[Evidence | None, tuple[Diagnostic, ...]]:
    """Read a note's evidence: None if there is none or it is unusable, which a finding explains.

    EVID001 cannot be read · EVID002 is not JSON · EVID003 another format · EVID004 a key is missing
    or of a wrong kind · EVID005 contradicts itself · EVID006 another note's · EVID007 given twice.
    """
    try:
        content = _load(path)
    except FileNotFoundError:
        return None, ()
    except _Unusable as problem:
        return None, (_diagnostic(path, problem),)
    runs: dict[tuple[object, ...], Run] = {}
    problems: list[Diagnostic] = []
    for number, value in enumerate(_field(content, "runs", list), 1):
        try:
            run = _run(value)
            if _identity(run) in runs:
                raise _Unusable("EVID007", "is the second for its versions and device")
            runs[_identity(run)] = run
        except _Unusable as problem:
            problem.message = f"run {number} {problem.message}"
            problems.append(_diagnostic(path, problem))
    return Evidence(path.stem, tuple(runs.values())), tuple(problems)


def record_run(path: Path, run: Run) -> bool:
    """Write a run into a note's evidence, and tell whether the file had to change.

    A run with the digests, environment and verdicts of the recorded one changes nothing, so that
    its date says since when they hold. A corrupt file is written anew.

    Raises:
        SrcreadError: the file is of a newer format, or cannot be written.
    """
    try:
        content = _load(path)
    except FileNotFoundError:
        content = {}
    except _Unusable as problem:
        if problem.code == "EVID003":
            raise SrcreadError(f"{path}: {problem.message}. Use a newer srcread.") from None
        content = {}
    kept: list[tuple[tuple[object, ...], object]] = []
    for value in _field(content, "runs", list) if content else []:
        try:
            old = _run(value)
        except _Unusable:
            continue
        if _identity(old) != _identity(run):
            kept.append((_identity(old), value))
        elif _verdict(old) == _verdict(run):
            return False
    kept.append((_identity(run), asdict(run)))
    kept.sort(key=lambda pair: repr(pair[0]))
    runs = [value for _, value in kept]
    _write(path, {**content, "format": FORMAT, "note": path.stem, "runs": runs})
    return True


def _load(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise _Unusable("EVID001", f"cannot be read: {reason}") from None
    except json.JSONDecodeError as error:
        raise _Unusable("EVID002", f"is not JSON: {error.msg}", error.lineno) from None
    except (RecursionError, ValueError) as error:  # nested, or digits, beyond what Python takes
        raise _Unusable("EVID002", f"is not JSON that can be read: {error}") from None
    if not isinstance(content, dict) or "format" not in content:
        raise _Unusable("EVID004", "is no evidence: it has no key 'format'")
    if content["format"] != FORMAT or isinstance(content["format"], bool):
        raise _Unusable("EVID003", f"has format {content['format']!r}, and this reads {FORMAT}")
    _field(content, "runs", list)
    note = _field(content, "note", str)
    if note != path.stem:
        raise _Unusable("EVID006", f"is evidence for {note!r}, not for {path.stem!r}")
    return content


def _run(value: object) -> Run:
    environment = _field(value, "environment", dict)
    run = Run(
        environment=Environment(
            python=_field(environment, "python", str),
            platform=_field(environment, "platform", str),
            distributions=_texts(environment, "distributions"),
            device=_device(_field(environment, "device", dict)),
            sandbox=_field(environment, "sandbox", str),
        ),
        date=_field(value, "date", str),
        digests=_texts(value, "digests"),
        confirmed=_field(value, "confirmed", bool),
        reasons=tuple(_each(_field(value, "reasons", list), str, "reasons")),
        claims=tuple(_claim(claim) for claim in _field(value, "claims", list)),
        output=_field(value, "output", str),
    )
    _refuse_contradiction(run)
    return run


def _refuse_contradiction(run: Run) -> None:
    proven = bool(run.claims) and all(c.held and c.evaluations > 0 for c in run.claims)
    if run.confirmed and not (proven and not run.reasons):
        raise _Unusable("EVID005", "is called confirmed, and its claims or reasons say otherwise")
    if not run.confirmed and not run.reasons:
        raise _Unusable("EVID005", "is not confirmed, and gives no reason")


def _device(value: object) -> Device:
    return Device(
        kind=_field(value, "kind", str),
        name=_field(value, "name", str),
        compute_capability=_optional(value, "compute_capability"),
        cuda=_optional(value, "cuda"),
        driver=_optional(value, "driver"),
    )


def _claim(value: object) -> ClaimResult:
    return ClaimResult(
        sentence=_field(value, "sentence", str),
        evaluations=_field(value, "evaluations", int),
        held=_field(value, "held", bool),
        observed=_optional(value, "observed"),
        expected=_optional(value, "expected"),
    )


def _field(value: object, key: str, kind: type[_T]) -> _T:
    found = value.get(key) if isinstance(value, dict) else None
    if type(found) is not kind:  # and not isinstance, for a bool is an int
        raise _Unusable("EVID004", f"has no key {key!r} of kind {kind.__name__}")
    return found


def _optional(value: object, key: str) -> str | None:
    absent = isinstance(value, dict) and value.get(key) is None
    return None if absent else _field(value, key, str)


def _texts(value: object, key: str) -> dict[str, str]:
    mapping = _field(value, key, dict)
    return {name: _each([mapping[name]], str, key)[0] for name in sorted(mapping)}


def _each(values: list[object], kind: type[_T], key: str) -> list[_T]:
    found = [value for value in values if isinstance(value, kind)]
    if len(found) != len(values):
        raise _Unusable("EVID004", f"has something else than {kind.__name__} in {key!r}")
    return found


def _identity(run: Run) -> tuple[object, ...]:
    versions = tuple(sorted(run.environment.distributions.items()))
    device = run.environment.device
    return (versions, device.kind, device.compute_capability or "")


def _verdict(run: Run) -> Run:
    """Return a run without what may differ between two runs that say the same."""
    claims = (ClaimResult(claim.sentence, 0, claim.held) for claim in run.claims)
    return replace(run, date="", output="", claims=tuple(claims))


def _write(path: Path, content: Mapping[str, object]) -> None:
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    data = text.encode("utf-8", "backslashreplace")  # a lone surrogate becomes JSON's own \uXXXX
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(data)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise SrcreadError(f"{path}: cannot be written: {error.strerror}.") from None


def _diagnostic(path: Path, problem: _Unusable) -> Diagnostic:
    hint = "Use a newer srcread." if problem.code == "EVID003" else _ANEW.format(path.stem)
    return Diagnostic(str(path), problem.line, problem.code, f"{problem.message}.", hint)
