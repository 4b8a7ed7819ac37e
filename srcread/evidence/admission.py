"""What a run must be to be written: about the tour's framework, and able to run at all.

An environment without the framework makes every snippet fail, and says nothing of any note. So
does one whose framework cannot be imported, or whose version is another one than the tour's and
fails, unless the same is confirmed on the tour's: then a false claim, or an error, is a fact of
that version. Such a run is told of and not written: it must not take the place of one that says
something. What a snippet itself gives as the reason why it cannot run here is written, unless it
could before.
"""

from __future__ import annotations

from collections.abc import Mapping

from srcread.evidence.elsewhere import other_versions, tells_of_version, unpinned
from srcread.evidence.files import identity
from srcread.evidence.standing import cannot_run
from srcread.model import Evidence, Reason, ReasonCode, Run

_EXCUSES = (ReasonCode.EXCUSED, ReasonCode.EXCUSED_SILENTLY)


def why_not_written(
    run: Run, versions: Mapping[str, str], recorded: Evidence | None
) -> Reason | None:
    """Return why a run is no evidence of a note, None if it is.

    `versions` are those of the tour, `recorded` is what is known of the note already: a failure on
    another version that belies what was confirmed there is written, for that confirmation counts,
    and so is one that tells what is otherwise there than on the tour's version.
    """
    missing = tuple(name for name in sorted(versions) if name not in run.environment.distributions)
    if missing:
        return Reason(ReasonCode.WITHOUT, {"names": missing})
    if run.confirmed:
        return None
    same = [old for old in recorded.runs if identity(old) == identity(run)] if recorded else []
    same = [old for old in same if old.depends == run.depends]
    if cannot_run(run):
        why = run.reasons[0].values["why"]
        excused = isinstance(why, Reason) and why.code in _EXCUSES
        if not excused:
            return run.reasons[0]
        able = any(not cannot_run(old) for old in same)
        return Reason(ReasonCode.COULD_BEFORE) if able else None
    own = tuple(f"{name} {versions[name]}" for name in unpinned(run.environment, versions))
    if not own or any(old.confirmed for old in same):
        return None
    if tells_of_version(run) and recorded is not None and _is_confirmed(recorded, run, versions):
        return None
    values = {"versions": other_versions(run.environment, versions), "own": own}
    return Reason(ReasonCode.FAILED_ELSEWHERE, values)


def _is_confirmed(recorded: Evidence, run: Run, versions: Mapping[str, str]) -> bool:
    """Tell whether what a run depended on is confirmed on the tour's versions."""
    return any(
        old.confirmed and old.depends == run.depends and not unpinned(old.environment, versions)
        for old in recorded.runs
    )
