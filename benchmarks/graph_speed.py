"""What named entries cost cold and again after an edit, one build beside another.

    python -m benchmarks.graph_speed [ENTRY...] [--against CHECKOUT] [--runs N] [--limit SECONDS]

CPU as a ratio to the unit (benchmarks/costs.py) and memory, the median of several runs. With
another checkout the two take turns, so that what else the machine does meets both. The second run
has the cache of the first, after a function was added to the entry's file, in a copy of the folder
that it lies in. Only entries that are files are edited: what is installed is left as it is.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.costs import ROOT, Cost, srcread, unit

ENTRIES = (
    "torch.nn.Transformer",
    "torch.nn.LSTM",
    "transformers.LlamaForCausalLM",
    "timm.models.VisionTransformer",
    "tests/data/gpt/tiny_gpt.py",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """The median of a build's runs: seconds and megabytes, and seconds after an edit."""

    seconds: float
    megabytes: float
    again: float | None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.graph_speed")
    parser.add_argument("entries", nargs="*", metavar="ENTRY")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--runs", type=int, default=3, metavar="N")
    parser.add_argument("--limit", type=float, default=300, metavar="SECONDS")
    arguments = parser.parse_args()
    builds = [ROOT, *([arguments.against.resolve()] if arguments.against else [])]
    seconds = unit()
    names = ["this build", "the other"][: len(builds)]
    heads = [f"{name}, {what}" for name in names for what in ("units", "MB", "edited : cold")]
    if len(builds) > 1:
        heads.append("this : other")
    print(f"| entry | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 1)}")
    for entry in arguments.entries or ENTRIES:
        taken = measured(entry, builds, arguments.runs, arguments.limit)
        print(f"| `{entry}` | {' | '.join(cells(taken, seconds))} |", flush=True)


def measured(entry: str, builds: Sequence[Path], runs: int, limit: float) -> list[Taken | None]:
    """Return what each build takes, None for one that fails or does not end."""
    costs: list[list[Cost]] = [[] for _ in builds]
    again: list[list[float]] = [[] for _ in builds]
    for _ in range(runs):
        for number, build in enumerate(builds):
            cold, edited = _once(entry, build, limit)
            costs[number].append(cold)
            again[number] += [edited.seconds] if edited is not None else []
    return [_median(some, seconds) for some, seconds in zip(costs, again, strict=True)]


def cells(taken: Sequence[Taken | None], unit_seconds: float) -> list[str]:
    """Return the cells of a line, the ratio of the first build to the second at its end."""
    found: list[str] = []
    for item in taken:
        if item is None:
            found += ["no answer", "", ""]
            continue
        edited = f"{item.again / item.seconds:.2f}" if item.again is not None else ""
        found += [f"{item.seconds / unit_seconds:.2f}", f"{item.megabytes:.0f}", edited]
    match taken:
        case [Taken() as this, Taken() as other]:
            found.append(f"{this.seconds / other.seconds:.2f}")
        case [_, _]:
            found.append("")
    return found


def _once(entry: str, build: Path, limit: float) -> tuple[Cost, Cost | None]:
    path, colon, name = entry.partition(":")
    file = Path(path)
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as copies:
        kept, folder = Path(cache), Path(copies) / "copy"
        if not file.is_file():
            return srcread("graph", entry, "--json", cache=kept, checkout=build, limit=limit), None
        shutil.copytree(file.resolve().parent, folder)
        arguments = ("graph", file.name + colon + name, "--json")
        cold = srcread(*arguments, folder=folder, cache=kept, checkout=build, limit=limit)
        with (folder / file.name).open("a", encoding="utf-8") as text:
            text.write("\n\ndef added_by_the_benchmark():\n    return len('edited')\n")
        return cold, srcread(*arguments, folder=folder, cache=kept, checkout=build, limit=limit)


def _median(costs: Sequence[Cost], again: Sequence[float]) -> Taken | None:
    if any(cost.status != 0 for cost in costs):
        return None
    return Taken(
        seconds=statistics.median(cost.seconds for cost in costs),
        megabytes=statistics.median(cost.megabytes for cost in costs),
        again=statistics.median(again) if again else None,
    )


if __name__ == "__main__":
    main()
