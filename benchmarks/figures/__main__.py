"""The command: `python -m benchmarks.figures [--only PART] [--subject ENTRY] …`; writes the page.

Runs in an environment that has the subjects' packages:

    python -m venv ENV && ENV/bin/pip install -e . torch==2.13.0
    ENV/bin/pip install --no-deps -r benchmarks/requirements.txt
    ENV/bin/python -m benchmarks.figures --tools DIR --pycg CHECKOUT --jarvis CHECKOUT

PART is srcread, peers (about two minutes a subject) or micro; all of them if none is named and what
they need is. What is not measured anew is taken from results.json. `--keep` names a folder for what
ran, so that it runs once: a change to a scenario wants it emptied. DIR is as peers.py says.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.call_graph.recording import missing_packages
from benchmarks.call_graph.subjects import SUBJECTS, Subject
from benchmarks.costs import ROOT, unit
from srcread.errors import did_you_mean

from . import micro, peers, subjects
from .page import page

RESULTS = Path(__file__).with_name("results.json")
PAGE = ROOT / "docs/figures.md"
PARTS = ("srcread", "peers", "micro")


def main() -> int:
    """Measure what is asked for, keep the numbers, and write the page."""
    arguments = _arguments()
    known = {subject.entry: subject for subject in SUBJECTS}
    for entry in arguments.subject:
        if entry not in known:
            print(f"There is no subject {entry!r}.{did_you_mean(entry, known)}", file=sys.stderr)
            return 2
    chosen = [known[entry] for entry in arguments.subject] or list(SUBJECTS)
    parts = arguments.only or PARTS
    if "srcread" in parts or "peers" in parts:
        _measure_subjects(chosen, parts, arguments)
    if "micro" in parts:
        _measure_programs(arguments)
    PAGE.write_text(page(_results()), "utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.figures")
    parser.add_argument("--only", action="append", default=[], choices=PARTS)
    parser.add_argument("--subject", action="append", default=[], metavar="ENTRY")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME")
    parser.add_argument("--tools", type=Path, metavar="DIR", help="where other tools are installed")
    parser.add_argument("--pycg", type=Path, metavar="DIR", help="a checkout of PyCG")
    parser.add_argument("--jarvis", type=Path, metavar="DIR", help="a checkout of Jarvis")
    parser.add_argument("--keep", type=Path, default=ROOT / "build/figures", metavar="DIR")
    return parser.parse_args()


def _measure_subjects(
    chosen: Sequence[Subject], parts: Sequence[str], arguments: argparse.Namespace
) -> None:
    seconds = unit()
    for subject in chosen:
        if missing := missing_packages(subject):
            print(f"{subject.entry} is left out: {' and '.join(missing)} is not installed.")
            continue
        record = subjects.truth(subject, arguments.keep)
        for name, version in record.versions.items():
            _keep(("versions", name), version)
        if "srcread" in parts:
            row = subjects.measured(subject, subject.entry, record, seconds)
            _keep(("srcread", subject.entry), row)
        for peer in peers.PEERS if "peers" in parts and arguments.tools else ():
            if arguments.peer and peer.name not in arguments.peer:
                continue
            roots = subjects.roots(subject)
            row = peers.measured(peer, subject, record, roots, arguments.tools, seconds)
            _keep(("peers", peer.name, subject.entry), row)


def _measure_programs(arguments: argparse.Namespace) -> None:
    if arguments.pycg:
        programs = micro.programs_of_pycg(arguments.pycg)
        _keep(("micro", "PyCG"), micro.measured(programs))
    if arguments.jarvis:
        programs = micro.programs_of_jarvis(arguments.jarvis)
        _keep(("micro", "Jarvis"), micro.measured(programs))


def _results() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    return found


def _keep(keys: Sequence[str], value: Any) -> None:
    """Say and write a row at once: all of them take long, and a run may be stopped."""
    results = rows = _results()
    for key in keys[:-1]:
        rows = rows.setdefault(key, {})
    rows[keys[-1]] = value
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", "utf-8")
    if isinstance(value, dict):
        shown = {key: item for key, item in value.items() if key not in ("lost", "inexact")}
        print(*keys, json.dumps(shown), flush=True)


if __name__ == "__main__":
    sys.exit(main())
