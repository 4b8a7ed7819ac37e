"""The main job's cost: cold site, no-op build, one note edited, call graph.

CPU seconds (user + system) of whole processes, the median of several runs. The unit is `ast.parse`
over every file of torch/nn, taken in the same run: ratios to it can be compared between machines,
seconds cannot. Needs torch 2.13.0's sources, installed or in the store. The call graph of a model
in a folder is measured on TensorRT-LLM 0.7.1's BLOOM where its checkout is named.

    [SRCREAD_TENSORRT_LLM=CHECKOUT] python benchmarks/spine.py [RUNS]
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from srcread.sources import Sources, open_distribution
from srcread.support.resources import resources

TOUR = "torch-transformer"
CHECKOUT = "SRCREAD_TENSORRT_LLM"
BLOOM = "tensorrt_llm/models/bloom/model.py"
UNIT = """
import ast, gc, pathlib, sys
gc.disable()
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    ast.parse(path.read_bytes())
"""


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    torch = open_distribution("torch", "2.13.0")
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), runs)
        unit = bench.median([sys.executable, "-c", UNIT, str(torch.root / "torch" / "nn")])
        empty = bench.median([sys.executable, "-c", "pass"])
        rows = [("python -c pass", empty), *bench.rows()]
    files = sum(1 for module in Sources([torch]).modules("torch") if module.startswith("torch.nn"))
    print(f"unit: ast.parse of torch/nn, {files} files: {unit:.3f} CPU s; median of {runs} runs\n")
    print("| what | CPU s | units |\n|---|---|---|")
    for what, seconds in rows:
        print(f"| {what} | {seconds:.3f} | {seconds / unit:.2f} |")
    if _bloom() is None:
        print(f"\nBLOOM of TensorRT-LLM was left out: {CHECKOUT} names no checkout with {BLOOM}.")


class Bench:
    """Runs srcread in a folder of its own, with a cache of its own."""

    def __init__(self, folder: Path, runs: int) -> None:
        self.runs = runs
        self.folder = folder
        self.site = folder / "site"
        self.annotations = folder / "annotations"
        shutil.copytree(resources("annotations"), self.annotations)
        stored = Path(os.environ.get("SRCREAD_CACHE", "")) / "sources"
        self.cache = folder / "cache"
        self.cache.mkdir()
        if stored.is_dir():
            (self.cache / "sources").symlink_to(stored)
        os.environ["SRCREAD_CACHE"] = str(self.cache)
        # As for a user: modules are compiled once, wherever the package may be written.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")

    def rows(self) -> list[tuple[str, float]]:
        build = self.srcread(
            "build", TOUR, "--annotations", str(self.annotations), "-o", str(self.site)
        )
        cold = self.median(build, self.forget)
        pages = sum(1 for _ in self.site.rglob("*.html"))
        graph_known = self.median(build, self.remove_site)
        no_op = self.median(build)
        edited = self.median(build, self.edit_a_note)
        cold_graph = self.median(self.srcread("graph", "torch.nn.Transformer"), self.forget)
        in_folder = []
        if (bloom := _bloom()) is not None:
            seconds = self.median(self.srcread("graph", bloom), self.forget)
            in_folder = [("srcread graph of BLOOM in a folder, cold", seconds)]
        help_page = self.median(self.srcread("--help"))
        return [
            ("srcread --help", help_page),
            (f"cold site, {pages} pages", cold),
            (f"site anew, graph in the cache, {pages} pages", graph_known),
            ("no-op build", no_op),
            ("one note edited", edited),
            ("srcread graph, cold", cold_graph),
            (
                "srcread graph, in the cache",
                self.median(self.srcread("graph", "torch.nn.Transformer")),
            ),
            *in_folder,
        ]

    def srcread(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "srcread", *arguments]

    def forget(self) -> None:
        """Remove the site and all that was worked out, not the sources in the store."""
        self.remove_site()
        for path in self.cache.iterdir():
            if path.name != "sources":
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def remove_site(self) -> None:
        shutil.rmtree(self.site, ignore_errors=True)

    def edit_a_note(self) -> None:
        note = self.annotations / TOUR / "decoder-forward.md"
        note.write_text(note.read_text("utf-8").rstrip("\n") + " More.\n", "utf-8")

    def median(self, command: list[str], before: Callable[[], None] = lambda: None) -> float:
        before()
        subprocess.run(command, check=True, capture_output=True)  # warm the files
        seconds = []
        for _ in range(self.runs):
            before()
            start = _children()
            subprocess.run(command, check=True, capture_output=True)
            seconds.append(_children() - start)
        return statistics.median(seconds)


def _bloom() -> str | None:
    """Return the entry of BLOOM's forward, if the environment names a checkout that has it."""
    path = Path(os.environ.get(CHECKOUT, ""), BLOOM)
    return f"{path}:BloomForCausalLM.forward" if path.is_file() else None


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
