"""What confirming costs: one import of torch for all snippets, and a fork in the sandbox for each.

CPU seconds (user + system) of whole processes and all they started, the median of several runs, on
every level of confinement that this machine has. The unit is a process that imports torch, taken in
the same run: ratios to it can be compared between machines, seconds cannot. Snippets are small, so
that what is measured is the runner: a model of one Linear, one claim. Needs torch.

    python benchmarks/confirm.py [RUNS]
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence

from srcread.errors import SrcreadError
from srcread.model import Claim, Depends, Run
from srcread.running.plan import LEVELS, Job
from srcread.running.runner import run_jobs

COUNTS = (1, 41)
SNIPPET = """
import torch
torch.manual_seed(0)
result = torch.nn.Linear(4, 3)(torch.randn(2, 4))
assert result.shape == (2, 3), "The result has a row for each of the two."
"""
CLAIM = Claim("The result has a row for each of the two.", 5, "")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    empty = median([sys.executable, "-I", "-c", "import torch"], runs)
    print(f"unit: import torch: {empty:.3f} CPU s; median of {runs} runs\n")
    few, many = COUNTS
    print(f"| confined by | {few} snippet: units | {many}: units | each more: ms | units |")
    print("|---|---|---|---|---|")
    for level in LEVELS:
        try:
            words = ", ".join(one.value for one in batch(level, few)[0].environment.sandbox)
        except SrcreadError as error:
            print(f"| {level} | {error} | | | |")
            continue
        one, all_of_them = (
            median([sys.executable, __file__, "--batch", level, str(count)], runs)
            for count in COUNTS
        )
        each = (all_of_them - one) / (many - few)
        row = f"{one / empty:.2f} | {all_of_them / empty:.2f} | {each * 1000:.1f}"
        print(f"| {words} | {row} | {each / empty:.4f} |", flush=True)


def batch(level: str, count: int) -> tuple[Run, ...]:
    jobs = [Job(f"snippet-{number}", SNIPPET, (CLAIM,), Depends("")) for number in range(count)]
    found = run_jobs(jobs, levels=[level], trusted=True, date="")
    failed = [run.reasons for run in found if not run.confirmed]
    if failed:
        raise SystemExit(f"not confirmed: {failed[0]}")
    return found


def median(command: Sequence[str], runs: int) -> float:
    subprocess.run(command, check=True, capture_output=True)  # warm the files
    seconds = []
    for _ in range(runs):
        start = children()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(children() - start)
    return statistics.median(seconds)


def children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    if sys.argv[1:2] == ["--batch"]:
        batch(sys.argv[2], int(sys.argv[3]))
    else:
        main()
