"""The command: `python -m benchmarks.call_graph [ENTRY...] [--json FILE] [--misses N]`.

The static graph is built here, without the framework; what runs does so in a process of its own. A
subject whose packages are not installed is skipped with the reason.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from srcread.errors import SrcreadError, did_you_mean
from srcread.graph.present import graph_as_json
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.opening.entry import walk_entry
from srcread.sources import Sources, open_distribution

from .compare import Figures, compare
from .observed import Record
from .recording import missing_packages, recorded
from .report import figures_as_json, report
from .static import native_names, read_static
from .subjects import SUBJECTS, Subject


def main() -> int:
    """Measure the subjects that are asked for, print their reports, write them as JSON."""
    arguments = _arguments()
    known = {subject.entry: subject for subject in SUBJECTS}
    for entry in arguments.entries:
        if entry not in known:
            print(f"There are no scenarios for {entry!r}.{did_you_mean(entry, known)}")
            return 2
    results: dict[str, Any] = {}
    for entry in arguments.entries or known:
        print(f"# {entry}" + ("" if known[entry].seen_before else ", not used while developing"))
        results[entry] = _measured(known[entry], arguments.misses)
        print()
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.call_graph")
    parser.add_argument("entries", nargs="*", metavar="ENTRY", help="all of them if none is named")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures and misses")
    parser.add_argument("--misses", type=int, default=10, metavar="N", help="how many to print")
    return parser.parse_args()


def _measured(subject: Subject, misses: int) -> dict[str, Any]:
    missing = missing_packages(subject)
    if missing:
        print(f"Skipped: {' and '.join(missing)} is not installed.")
        return {"skipped": f"{' and '.join(missing)} is not installed"}
    try:
        figures, record = measure(subject)
    except SrcreadError as error:
        print(f"Skipped: {error}")
        return {"skipped": str(error)}
    versions = ", ".join(f"{name} {version}" for name, version in sorted(record.versions.items()))
    print(f"{versions}; {len(record.scenarios)} scenarios\n")
    print("\n".join(report(figures, misses)))
    return {"versions": dict(record.versions), "scenarios": list(record.scenarios)} | (
        figures_as_json(figures)
    )


def measure(subject: Subject) -> tuple[Figures, Record]:
    """Build the static graph of a subject, run its scenarios, and compare.

    Raises:
        SrcreadError: the sources of a distribution cannot be had, or the entry is not in them.
    """
    graph = _graph(subject)
    record = recorded(subject, native_names(graph))
    return compare(read_static(graph, record.canonical), record, subject.core), record


def _graph(subject: Subject) -> dict[str, Any]:
    if subject.folder is None:
        opened = [open_distribution(name, version) for name, version in subject.distributions]
        built = build_graph(Index(Sources(opened)), [subject.entry])
        return graph_as_json(built, opened)
    with tempfile.TemporaryDirectory() as alone:  # beside it lie files that are not the subject
        code = walk_entry(shutil.copy(subject.folder / subject.entry, alone))
        return graph_as_json(code.graph, code.distributions)


if __name__ == "__main__":
    sys.exit(main())
