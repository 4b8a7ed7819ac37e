"""Runs a model in a process of its own: once watched, for its trace, and once with hooks.

    python map_recorder.py UNITS.json SETUP.py

The setup makes `model` and `inputs`. Printed is a line of JSON: the content of the trace, and for
each call of a module without modules its class and the shapes of what went in and came out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

from srcread.child import describing, install
from srcread.child.tracing import (
    cases,
    modules,
    operators,
    outcome,
    probes,
    recorder,
    tracer,
    words,
)


def main() -> None:
    units, setup = json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2])
    loaded: dict[str, Any] = {
        "cases": cases, "describing": describing, "install": install, "modules": modules,
        "operators": operators, "outcome": outcome, "probes": probes, "recorder": recorder,
        "words": words,
        "targets": SimpleNamespace(UNITS=units),
    }  # fmt: skip
    space = vars(sys.modules["__main__"])
    exec(compile(setup.read_text("utf-8"), str(setup), "exec"), space)
    seen = tracer.observe({"probes": True, "profile": "operators"}, loaded.__getitem__)
    space["output"] = space["model"](*space["inputs"])
    told = seen()
    calls = modules.count_calls()
    found = hooked(space["model"], space["inputs"])
    print(json.dumps([told["trace"], calls(), found]))


def hooked(model: torch.nn.Module, inputs: Any) -> list[list[str]]:
    """Return what hooks see of the modules that have none below, or whose modules are not run."""
    found: list[tuple[int, list[str]]] = []
    depth = 0

    def before(module: Any, given: Any) -> None:
        nonlocal depth
        depth += 1

    def after(module: Any, given: Any, out: Any) -> None:
        nonlocal depth
        depth -= 1
        below = found and found[-1][0] > depth
        if not below:
            tensors = [one for one in given if isinstance(one, torch.Tensor)]
            out = out[0] if isinstance(out, tuple) else out
            shape = str(tuple(tensors[0].shape)) if tensors else ""
            found.append((depth, [type(module).__name__, shape, str(tuple(out.shape))]))
        else:
            found[-1] = (depth, found[-1][1])

    modules = torch.nn.modules.module
    hooks = [modules.register_module_forward_pre_hook(before)]
    hooks.append(modules.register_module_forward_hook(after))
    model(*inputs)
    for hook in hooks:
        hook.remove()
    return [row for _, row in found]


if __name__ == "__main__":
    main()
