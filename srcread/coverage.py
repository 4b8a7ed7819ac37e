"""What a tour's scenarios cover: the lines that their recorded traces run, and what is wrong.

Only files are read: nothing is run. The rules are those of `evidence.traces`, brought together here
because places in the source are needed for some of them.
"""

from __future__ import annotations

from srcread.evidence.traces.coverage import Lines, lines_findings, lines_run, read_wanted
from srcread.evidence.traces.files import read_traces
from srcread.evidence.traces.scenario import read_scenario, scenario_paths
from srcread.model import Anchor, Diagnostic, Location
from srcread.opening import OpenTour


def coverage(opened: OpenTour) -> tuple[tuple[Lines, ...], tuple[Diagnostic, ...]]:
    """Return the lines that a tour's traces run, and what is wrong with traces and scenarios."""
    folder, code = opened.tour.folder, opened.code
    problems = [item for path in scenario_paths(folder) for item in read_scenario(path)[1]]
    wanted, unreadable = read_wanted(folder)
    traces, unusable = read_traces(folder)
    lines = lines_run(code.index, wanted.functions, traces)

    def locate(anchor: Anchor) -> Location | str:
        found = code.locate(anchor, code)
        return found if isinstance(found, Location) else f"{found.message} {found.hint}".strip()

    held = lines_findings(wanted, lines, locate)
    return lines, (*problems, *unreadable, *unusable, *held)
