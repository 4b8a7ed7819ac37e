"""What the site of a tour costs, one build of srcread beside another.

    python -m benchmarks.site_speed [--against CHECKOUT] [--same] [--runs N] [--tour NAME]
        [--kind KIND...]

Kinds: the site cold (nothing in the cache), cold with two processes, with nothing changed, with one
note edited, with one note's title edited, with graph and traces in the cache and no site. CPU is
user and system time of the process and of those that it started; wall time counts for two
processes. The builds take turns, so that what else the machine does meets both; a number is the
median of the runs, the spread its smallest and largest. Each builds its own checkout's notes; with
`--same` both build those of the checkout that is measured against. Bytecode is compiled first. A
build that does not know `--jobs` is measured as it is. The table is Markdown, for docs/figures.md;
wall times are worth something on an idle machine only, and the load is printed below.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOUR = "torch-transformer"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of build: what is done before each, its number of processes, what is measured."""

    title: str
    before: Callable[[Bench], None]
    jobs: int = 1
    wall: bool = False


@dataclass(slots=True)
class Bench:
    """One checkout with its own cache, site and copy of the annotations."""

    checkout: Path
    folder: Path
    tour: str
    notes: Path
    knows_jobs: bool = False
    edits: int = field(default=0)

    def prepare(self) -> None:
        """Make the folders, compile the bytecode, and build once."""
        self.folder.mkdir()
        shutil.copytree(self.notes, self.annotations)
        self.cache.mkdir()
        stored = Path(os.environ.get("SRCREAD_CACHE", "")) / "sources"
        if os.environ.get("SRCREAD_CACHE") and stored.is_dir():
            (self.cache / "sources").symlink_to(stored)
        self.knows_jobs = "--jobs" in self._run("build", "--help").stdout
        for _ in range(2):
            self.build(1)

    @property
    def annotations(self) -> Path:
        return self.folder / "annotations"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def build(self, jobs: int) -> tuple[float, float]:
        """Build, and return the CPU and wall seconds."""
        number = ["--jobs", str(jobs)] if self.knows_jobs else []
        words = ("build", self.tour, "--annotations", str(self.annotations), "-o", str(self.site))
        start, wall = _children(), time.perf_counter()
        self._run(*words, *number)
        return _children() - start, time.perf_counter() - wall

    def forget(self) -> None:
        """Remove the site and all that was worked out, not the sources in the store."""
        self.forget_site()
        for path in self.cache.iterdir():
            if path.name != "sources":
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def forget_site(self) -> None:
        """Remove the site."""
        shutil.rmtree(self.site, ignore_errors=True)

    def keep(self) -> None:
        """Change nothing, after a build that has seen the last change."""
        self.build(1)

    def edit_body(self) -> None:
        """Change the first sentence of a note; its footnotes, title and anchors stay."""
        note = self._note()
        self.edits += 1
        _, head, body = note.read_text("utf-8").split("+++\n", 2)
        body = re.sub(r"^(\w+)(?: \(\d+\))?", rf"\1 ({self.edits})", body, count=1)
        note.write_text(f"+++\n{head}+++\n{body}", "utf-8")

    def edit_title(self) -> None:
        """Change the title of a note, which stands in the outline of every page."""
        self.edits += 1
        note, lines = self._note(), self._note().read_text("utf-8").split("\n")
        place = next(number for number, line in enumerate(lines) if line.startswith('title = "'))
        lines[place] = f'{lines[place].rstrip().rstrip(chr(34))} {self.edits}"'
        note.write_text("\n".join(lines), "utf-8")

    def _note(self) -> Path:
        folder = self.annotations / self.tour
        notes = [path for path in sorted(folder.glob("*.md")) if path.name.count(".") == 1]
        chosen = folder / "decoder-forward.md"
        return chosen if chosen in notes else notes[0]

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        variables = {
            **os.environ,
            "PYTHONPATH": str(self.checkout),
            "PYTHONPYCACHEPREFIX": str(self.folder / "compiled"),
            "SRCREAD_CACHE": str(self.cache),
        }
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "srcread", *words]
        return subprocess.run(
            command, cwd=self.checkout, env=variables, check=True, capture_output=True, text=True
        )


KINDS = {
    "cold": Kind("cold site", Bench.forget),
    "two": Kind("cold site, two processes, wall", Bench.forget, jobs=2, wall=True),
    "two-cpu": Kind("cold site, two processes, CPU", Bench.forget, jobs=2),
    "cached": Kind("site anew, graph and traces in the cache", Bench.forget_site),
    "nothing": Kind("nothing changed", Bench.keep),
    "note": Kind("one note's body edited", Bench.edit_body),
    "title": Kind("one note's title edited", Bench.edit_title),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.site_speed")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--same", action="store_true")
    parser.add_argument("--runs", type=int, default=5, metavar="N")
    parser.add_argument("--tour", default=TOUR, metavar="NAME")
    parser.add_argument("--kind", nargs="+", choices=[*KINDS], default=[*KINDS])
    arguments = parser.parse_args()
    checkouts = [*([arguments.against.resolve()] if arguments.against else []), ROOT]
    names = ["before, s", "now, s"][-len(checkouts) :]
    heads = ["build", *names, *(["ratio", "ratios"] if len(checkouts) > 1 else [])]
    with tempfile.TemporaryDirectory() as folder:
        benches = [
            Bench(
                checkout,
                Path(folder) / str(number),
                arguments.tour,
                (checkouts[0] if arguments.same else checkout) / "annotations",
            )
            for number, checkout in enumerate(checkouts)
        ]
        for bench in benches:
            bench.prepare()
        print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
        for name in arguments.kind:
            kind = KINDS[name]
            taken = measured(kind, benches, arguments.runs)
            print(f"| {kind.title} | {' | '.join(cells(taken))} |", flush=True)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
    print(f"\nMedians of {arguments.runs} interleaved runs; load {load:.1f} at the end.")


def measured(kind: Kind, benches: Sequence[Bench], runs: int) -> list[list[float]]:
    """Return the seconds of each build's runs."""
    taken: list[list[float]] = [[] for _ in benches]
    for _ in range(runs):
        for bench, seconds in zip(benches, taken, strict=True):
            kind.before(bench)
            seconds.append(bench.build(kind.jobs)[kind.wall])
    return taken


def cells(taken: Sequence[Sequence[float]]) -> list[str]:
    """Return a row's cells: each build's median and spread, then the ratio and its spread."""
    found = [f"{statistics.median(one):.2f} ({min(one):.2f} to {max(one):.2f})" for one in taken]
    match taken:
        case [before, now]:
            pairs = [new / old for new, old in zip(now, before, strict=True)]
            found += [f"{statistics.median(pairs):.2f}", f"{min(pairs):.2f} to {max(pairs):.2f}"]
    return found


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
