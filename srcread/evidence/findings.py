"""What `check` says about a note's evidence: missing, stale, failed, and what a good run left open.

The words for a standing are those of the page. Of evidence that confirms the note as it is, lines
not reached, open claims and survivors are named; what is stale or failed has other worries. Where
no controls are recorded, nothing is said about them. All are warnings, which a gate takes as
errors, but one: a record of this very snippet with other claims, which no run can have written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from srcread.evidence.elsewhere import false_claims
from srcread.evidence.files import supersedes
from srcread.evidence.grading import mutation_of, open_claims, text_claims, unseen
from srcread.evidence.sentences import english, operator, said, say
from srcread.model import (
    Depends,
    Diagnostic,
    Evidence,
    EvidenceStatus,
    Reason,
    ReasonCode,
    Run,
    Standing,
    Step,
)
from srcread.notes.format.codes import finding

_RUN = "Strengthen the snippet, then run `srcread confirm --controls {}`."
_COSTS = (
    "Watching costs each call time and memory: let the snippet call these functions less often, "
    "or with smaller values, then run `srcread confirm {}`."
)
_PROBES = (
    "Watched, these functions have probes in their code: test what they give, not how their code "
    "looks, then run `srcread confirm {}`."
)
_LIMITS = frozenset(
    (
        *(ReasonCode.TIME_LIMIT, ReasonCode.CPU_LIMIT, ReasonCode.MEMORY_LIMIT),
        *(ReasonCode.OUTPUT_LIMIT, ReasonCode.RECORD_LIMIT, ReasonCode.PROCESS_LIMIT),
        *(ReasonCode.KILLED, ReasonCode.RUNNER_DIED),
    )
)


def check_evidence(
    step: Step, standing: Standing, changed: Callable[[str], str] = lambda _: ""
) -> Iterator[Diagnostic]:
    """Report what a step's evidence is not, and what that of a confirmed one leaves open.

    `changed` gives the source that a change of this id is about, nothing where it is not at hand.
    """
    if step.snippet is not None or standing.run is not None:
        yield from _standing(step, standing)
    if standing.grade is None or standing.run is None:
        return
    if step.note.reach:
        yield from _unreached(step, standing.run)
    run = standing.controlled
    if run is None and standing.run.controls is not None:
        version = standing.run.controls.version
        message = f"Its controls are of other operators (version {version}), and grade nothing."
        hint = f"Run `srcread confirm --controls {step.note.stem}` to make them anew."
        yield finding("EVID015", step.note.path, 0, message, hint)
    if run is not None:
        yield from _open(step, run)
        yield from _survivors(step, run, changed)


def watching_hint(why: Reason, stem: str) -> str:
    """Say what to do where a watched run ended early or differed, nothing about other reasons."""
    match why:
        case Reason(ReasonCode.WATCHING_ENDED, {"reason": Reason(code, values)}):
            costs = code in _LIMITS or values.get("error") == "MemoryError"
            return (_COSTS if costs else _PROBES).format(stem)
        case Reason(ReasonCode.WATCHING_DIFFERS):
            return _PROBES.format(stem)
    return ""


def check_superseded(step: Step, evidence: Evidence, depends: Depends) -> Iterator[Diagnostic]:
    """Report each run of an earlier snippet that stands beside the one that took its place."""
    runs = [run for run in evidence.runs if run.depends.script == depends.script]
    for old in evidence.runs:
        if old.depends.script != depends.script and any(supersedes(run, old) for run in runs):
            where = ", ".join(f"{name} {v}" for name, v in old.environment.distributions.items())
            message = (
                f"The run of {old.date} with {where} is of an earlier snippet, and superseded."
            )
            hint = f"Run `srcread confirm {step.note.stem}`: it leaves such a run out."
            yield finding("EVID028", step.note.path, 0, message, hint)


def check_versions(
    step: Step, standing: Standing, versions: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Report where a note's `versions` say of a version what a recorded run of it belies.

    They are of the tour's first distribution, whose own version they have to name. A note without
    them says that its claims hold wherever they were run.
    """
    name, said = next(iter(versions), ""), step.note.versions
    if said is None and not standing.elsewhere:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # 35 ms, not for every note

    try:
        known = SpecifierSet(said or "")
    except InvalidSpecifier:
        return  # NOTE017 says so
    if not name:
        return
    held: dict[str, bool] = {}
    for one in standing.elsewhere:
        version = one.run.environment.distributions.get(name, "")
        if _is_version(version) and (one.run.confirmed or false_claims(one.run)):
            held[version] = one.run.confirmed and held.get(version, True)
    if _is_version(versions[name]) and not known.contains(versions[name], prereleases=True):
        message = f"versions is {said!r}, and the tour reads {name} {versions[name]}."
        yield finding("EVID029", step.note.path, 0, message, "Write versions that have it.")
    for version, holds in sorted(held.items()):
        if known.contains(version, prereleases=True) is not holds:
            is_said = f"versions is {said!r}" if said else "There is no key versions"
            what = "hold" if holds else "do not hold"
            message = f"{is_said}, and when run on {name} {version} the claims {what}."
            hint = "Write the versions on which they hold."
            yield finding("EVID029", step.note.path, 0, message, hint)


def _is_version(text: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        return bool(Version(text))
    except InvalidVersion:  # of before PEP 440, or none
        return False


def _standing(step: Step, standing: Standing) -> Iterator[Diagnostic]:
    path, stem, said = step.note.path, step.note.stem, say(standing.reason)
    hint = f"Run `srcread confirm {stem}`."
    match standing.reason.code, standing.status:
        case ReasonCode.OTHER_CLAIMS, _:
            message = "The evidence names this snippet's bytes, and claims that are not in it."
            hint = f"Run `srcread confirm --controls {stem}` to write it anew."
            yield finding("EVID014", path, 0, message, hint)
        case ((ReasonCode.ONLY_RUN_ON | ReasonCode.RUN_ELSEWHERE), _):
            message = f"The versions that the tour pins were not run: the page says {said!r}."
            yield finding("EVID023", path, 0, message, hint)
        case ((ReasonCode.STALE | ReasonCode.CHANGED_AND_FAILED), _):
            yield finding("EVID021", path, 0, f"The page says {said!r}.", hint)
        case ReasonCode.NOT_RUN_HERE, _:
            hint = f"Run `srcread confirm {stem}` where it can run."
            yield finding("EVID020", path, 0, f"The page says {said!r}.", hint)
        case _, EvidenceStatus.ABSENT:
            yield finding("EVID020", path, 0, f"The page says {said!r}.", hint)
        case _, EvidenceStatus.CONFIRMED:
            return
        case _:
            hint = f"Mend the note or its snippet, then run `srcread confirm {stem}`."
            yield finding("EVID022", path, 0, f"The page says {said!r}.", hint)


def _unreached(step: Step, run: Run) -> Iterator[Diagnostic]:
    firsts = {location.symbol.name: location.symbol.range.start.line for location in step.locations}
    path = step.note.path
    told = {reach.symbol for reach in run.reach} if run.reach is not None else set(firsts)
    for name in sorted(set(firsts) - told):
        message = f"The evidence does not say whether the run went through {name}."
        yield finding("EVID010", path, 0, message, _RUN.format(step.note.stem))
    for reach in run.reach or ():
        hint = "Reach it in the snippet, or write reach = false and a reach_reason."
        if reach.reason is not None:
            message = (
                f"Whether the run went through {reach.symbol} is unknown: {say(reach.reason)}."
            )
            hint = watching_hint(reach.reason, step.note.stem)
            yield finding("EVID010", path, 0, message, hint)
        elif reach.unreached and reach.symbol in firsts:
            lines = ", ".join(str(firsts[reach.symbol] + offset) for offset in reach.unreached)
            message = f"The run did not reach all anchored lines of {reach.symbol}: {lines}."
            yield finding("EVID010", path, 0, message, hint)
        elif not reach.entered:
            yield finding("EVID010", path, 0, f"The run did not enter {reach.symbol}.", hint)


def _open(step: Step, run: Run) -> Iterator[Diagnostic]:
    snippet = step.snippet
    lines = {claim.sentence: claim.line for claim in snippet.claims} if snippet else {}
    path = snippet.path if snippet else step.note.path
    by_text = text_claims(run.controls) if run.controls is not None else frozenset()
    for place in sorted(by_text & set(range(len(run.claims)))):
        sentence = run.claims[place].sentence
        message = (
            f"This claim looks at how the source is written, not at what it does: {sentence!r}"
        )
        hint = "Test a value that the source computes."
        yield finding("EVID016", path, lines.get(sentence, 0), message, hint)
    for place in sorted(set(open_claims(run)) - by_text):
        sentence = run.claims[place].sentence
        message = f"No change of the anchored lines turned this claim false: {sentence!r}"
        hint = "Test what these lines compute, or add the place that decides as [[also]]."
        yield finding("EVID011", path, lines.get(sentence, 0), message, hint)


def _survivors(step: Step, run: Run, changed: Callable[[str], str]) -> Iterator[Diagnostic]:
    path, survivors = step.note.path, unseen(run)
    for name in survivors:
        if name not in step.note.survivors:
            mutation = mutation_of(name, step.locations)
            place = f"{mutation.symbol}, line {mutation.first}" if mutation.symbol else "an anchor"
            what = said(operator(mutation.operator, english()))
            what += f", at {text!r}" if (text := changed(name)) else ""
            message = f"No claim noticed {name!r}: {what}, in {place}."
            hint = f'{_RUN.format(step.note.stem)} Or say why: [survivors] "{name}" = "…".'
            yield finding("EVID012", path, 0, message, hint)
    for name in sorted(set(step.note.survivors) - set(survivors)):
        message = f"There is a reason for {name!r}, which is no unseen change of the recorded run."
        yield finding("EVID013", path, 0, message, "Delete it.")
