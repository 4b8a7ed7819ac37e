"""The cost of the index of a whole distribution, torch: cold, unchanged, one file changed, growth.

CPU seconds (user + system) of whole processes and their workers, the median of several runs; wall
seconds of the fastest run, for what else the machine does can only add to them. The
unit A is `ast.parse` over the same files in the same run, as Python does it by default; with the
garbage collector off it is stated as well. Memory is the largest sum of the resident sizes of all
processes, sampled. Growth is over synthetic packages, the cost of an empty one taken off. Needs
torch 2.13.0's sources; griffe is the peer, where the Python named last has it.

    python benchmarks/index.py [RUNS [PYTHON-WITH-GRIFFE]]
"""

from __future__ import annotations

import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from srcread.sources import open_distribution

UNIT = """
import ast, gc, pathlib, sys, warnings
warnings.simplefilter("ignore")
if sys.argv[2] == "off":
    gc.disable()
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    try:
        ast.parse(path.read_bytes())
    except SyntaxError:
        pass
"""
INDEX = """
import sys
from pathlib import Path
from srcread.index.whole import index_distribution
from srcread.sources import Sources, open_path
sources = Sources([open_path(Path(sys.argv[1]))])
summary = index_distribution(
    sources, sources.distributions[0].name, workers=int(sys.argv[2]) or None
)
print(summary.files, summary.symbols, summary.calls)
"""
PEER = """
import griffe, logging, sys
logging.disable()
for package in ("torch", "torchgen", "functorch"):
    griffe.load(package, search_paths=[sys.argv[1]], allow_inspection=False)
"""
SYNTHETIC = """
import os
from package.module_{other} import Class_{other}


class Class_{number}(Class_{other}):
    def __init__(self, size, *, bias=True):
        super().__init__(size)
        self.layers = [make_{number}(size, index) for index in range(size)]

    def forward(self, value, mask=None):
        for layer in self.layers:
            value = layer(value) if mask is None else layer(value, mask=mask)
        return os.path.join(str(value), f"{{self.size!r}}")


def make_{number}(size, index):
    if index > 3:
        return Class_{other}(size + index)
    return {{"size": size, "index": [index, size, max(size, index)]}}
"""
COUNTS = (100, 1_000, 10_000)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took."""

    cpu: float
    wall: float
    megabytes: float
    output: str


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), runs)
        unit = bench.median([sys.executable, "-c", UNIT, str(bench.sources), "on"])
        bare = bench.median([sys.executable, "-c", UNIT, str(bench.sources), "off"])
        rows = bench.rows()
        if len(sys.argv) > 2:
            peer = [sys.argv[2], "-c", PEER, str(bench.sources)]
            rows.append(("griffe, load, no calls, nothing kept", bench.median(peer)))
        growth = bench.growth()
    print(f"A: ast.parse of torch {unit.cpu:.2f} CPU s; its collector off {bare.cpu:.2f}")
    print(f"the index holds {rows[0][1].output} (files, symbols, calls); median of {runs} runs\n")
    print("| what | CPU s | A | A, collector off | wall s | wall / A | MB |")
    print("|---|---|---|---|---|---|---|")
    for what, cost in rows:
        print(
            f"| {what} | {cost.cpu:.2f} | {cost.cpu / unit.cpu:.2f} | {cost.cpu / bare.cpu:.2f} "
            f"| {cost.wall:.2f} | {cost.wall / unit.wall:.2f} | {cost.megabytes:.0f} |"
        )
    print(f"\ngrowth: {growth}")


class Bench:
    """Runs commands over a copy of torch's Python files, with a cache of its own."""

    def __init__(self, folder: Path, runs: int) -> None:
        self.folder = folder
        self.runs = runs
        self.sources = folder / "sources"
        torch = open_distribution("torch", "2.13.0")
        for package in torch.packages:
            for path in sorted((torch.root / package).rglob("*.py")):
                target = self.sources / path.relative_to(torch.root)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
        self.cache = folder / "cache"
        os.environ["SRCREAD_CACHE"] = str(self.cache)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")

    def rows(self) -> list[tuple[str, Cost]]:
        return [
            ("cold, 2 workers", self.median(self.index(self.sources, 2), self.forget)),
            ("cold, 1 worker", self.median(self.index(self.sources, 1), self.forget)),
            ("nothing changed", self.median(self.index(self.sources, 2))),
            ("one file changed", self.median(self.index(self.sources, 2), self.edit)),
            ("all files touched", self.median(self.index(self.sources, 2), self.touch)),
            ("python -c pass", self.median([sys.executable, "-c", "pass"])),
        ]

    def growth(self) -> str:
        """Return the costs of synthetic packages, and the exponent of the line through them."""
        seconds = []
        for count in (1, *COUNTS):
            root = self.folder / f"of_{count}"
            (root / "package").mkdir(parents=True)
            (root / "package" / "__init__.py").touch()
            for number in range(count):
                text = SYNTHETIC.format(number=number, other=(number + 1) % count) * 4
                (root / "package" / f"module_{number}.py").write_text(text)
            seconds.append(self.median(self.index(root, 2), self.forget).cpu)
            shutil.rmtree(root)
        net = [value - seconds[0] for value in seconds[1:]]
        pairs = [(math.log(n), math.log(t)) for n, t in zip(COUNTS, net, strict=True)]
        exponent = statistics.linear_regression(*zip(*pairs, strict=True)).slope
        shown = ", ".join(f"{n} files {t:.2f} s" for n, t in zip(COUNTS, net, strict=True))
        return f"{shown}; exponent {exponent:.3f}"

    def index(self, root: Path, workers: int) -> list[str]:
        return [sys.executable, "-c", INDEX, str(root), str(workers)]

    def forget(self) -> None:
        shutil.rmtree(self.cache, ignore_errors=True)

    def edit(self) -> None:
        path = self.sources / "torch" / "nn" / "modules" / "transformer.py"
        path.write_text(path.read_text("utf-8") + f"# {time.time_ns()}\n", "utf-8")

    def touch(self) -> None:
        for path in self.sources.rglob("*.py"):
            os.utime(path, (1e9, time.time_ns() / 1e9 - 1e8))

    def median(self, command: list[str], before: Callable[[], None] = lambda: None) -> Cost:
        before()
        _cost(command)  # warm the files
        costs = []
        for _ in range(self.runs):
            before()
            costs.append(_cost(command))
        return Cost(
            statistics.median(cost.cpu for cost in costs),
            min(cost.wall for cost in costs),
            max(cost.megabytes for cost in costs),
            costs[0].output,
        )


def _cost(command: list[str]) -> Cost:
    before, start, peak = _children(), time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(0.02)
        assert process.stdout is not None
        output = process.stdout.read().strip()
    if process.returncode:
        raise SystemExit(f"{command[:3]} ended with {process.returncode}")
    return Cost(_children() - before, time.perf_counter() - start, peak, output)


def _resident(process: int) -> float:
    """Return the resident megabytes of a process and those that it started; 0 outside Linux."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        tasks = Path(f"/proc/{process}/task").glob("*/children")
        children = [int(number) for task in tasks for number in task.read_text().split()]
    except OSError:  # it has ended
        return 0.0
    here = pages * resource.getpagesize() / 1e6
    return here + sum(_resident(child) for child in children)


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
