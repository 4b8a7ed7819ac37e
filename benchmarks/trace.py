"""What watching costs: a forward of nn.Transformer with probes, as a ratio to the same without.

CPU seconds of one thread, the median of several forwards in one process, plain and watched taken in
turn; ratios can be compared between machines, seconds cannot. Recording does the same once a
scenario, and what it costs besides (four processes, the functions compiled anew) is not in it.
Needs torch 2.13.0.

Measured on Python 3.11, torch 2.13.0: 1.1 at d_model 512, 1.6 (train) and 2.1 (eval) at 64.

    python -m benchmarks.trace [RUNS]
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

import torch

from srcread.child import describing, install
from srcread.child.tracing import probes, recorder, words
from srcread.opening.entry import walk_entry
from srcread.stories.trace import watched

MODULES = {"describing": describing, "words": words}


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    torch.set_num_threads(1)
    functions = prepare()
    print("| d_model | mode | plain CPU s | watched CPU s | ratio |\n|---|---|---|---|---|")
    for size in (512, 64):
        for mode in ("train", "eval"):
            plain, seen = measure(size, mode, functions, runs)
            print(f"| {size} | {mode} | {plain:.3f} | {seen:.3f} | {seen / plain:.2f} |")


def prepare() -> list[tuple[Any, Any, Any]]:
    """Return each function of the graph with its own code and the code with probes."""
    sites, ready = probes.Sites(), []
    for unit in map(dict, watched(walk_entry("torch.nn.Transformer"))):
        function = install.find(str(unit["module"]), str(unit["name"]))
        node, name = install.parse(unit), f"{unit['module']}.{unit['name']}"
        try:
            probes.watch(node, name, sites, {})
        except probes.NotWatchable:
            continue
        ready.append((function, install.build(unit, node, function), name))
    told = recorder.Recorder(sites, MODULES.__getitem__, ranges=False)
    functions = []
    for function, code, name in ready:
        code = probes.connect(code, told.probes())
        told.know(code, name)
        functions.append((function, function.__code__, code))
    return functions


def measure(
    size: int, mode: str, functions: list[tuple[Any, Any, Any]], runs: int
) -> tuple[float, float]:
    torch.manual_seed(0)
    model = torch.nn.Transformer(size, 8, 6, 6, 4 * size, batch_first=True)
    model.train(mode == "train")
    source, target = torch.rand(8, 32, size), torch.rand(8, 32, size)
    times: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(runs + 1):
        for seen in times:
            for function, own, probed in functions:
                function.__code__ = probed if seen else own
            started = time.process_time()
            with torch.set_grad_enabled(mode == "train"):
                model(source, target)
            times[seen].append(time.process_time() - started)
    for function, own, _ in functions:
        function.__code__ = own
    plain, watched_times = (statistics.median(times[seen][1:]) for seen in times)
    return plain, watched_times


if __name__ == "__main__":
    main()
