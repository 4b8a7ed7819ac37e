"""The observer of a scenario: what its functions did, its output, and the operators that ran.

    about = {"probes": bool, "profile": "" | "operators" | "kernels", "each": int, "every": bool}

A scenario runs four times, each in a process of its own: plain, profiled, with probes, and with
probes and the profiler. Every run tells its output and the state of the random generators, so that
the parent can refuse a trace that has changed what it looked at. `load("targets").UNITS` are the
functions to watch. One whose text does not give the code that the import gave is not watched. Of
one place `each` calls are recorded, 0 for all; with `every` a script without `output` is known by
all that it leaves in its variables.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any


def observe(about: dict[str, Any], load: Callable[[str], Any]) -> Callable[[], Any]:
    """Begin to watch; return what ends it and gives everything seen."""
    random.seed(0)  # it was seeded anew in this process; the four runs begin alike
    profile = load("operators").profile(about["profile"]) if about["profile"] else None
    recorder: Any = None
    untraced: dict[str, Any] = {}
    calls = None
    if about["probes"]:
        recorder, untraced = _install(load, profile is not None, about.get("each", 0))
    elif profile is not None:
        calls = load("modules").count_calls()

    def seen() -> dict[str, Any]:
        counted = calls() if calls is not None else {}
        forest = profile() if profile is not None else None
        told: dict[str, Any] = {"untraced": untraced, **_left(about, load)}
        if calls is not None:
            told["modules"] = counted
        if forest is not None:
            told["operators"] = load("operators").names(forest)
        if recorder is not None:
            told["trace"] = load("cases").cases(recorder, forest, load)
        return told

    return seen


def _left(about: dict[str, Any], load: Callable[[str], Any]) -> dict[str, Any]:
    module = vars(sys.modules["__main__"])
    left: dict[str, Any] = load("outcome").outcome(module, load, about.get("every", False))
    return left


def _install(load: Callable[[str], Any], ranges: bool, each: int) -> tuple[Any, dict[str, Any]]:
    install, probes = load("install"), load("probes")
    sites = probes.Sites()
    untraced: dict[str, Any] = {}
    ready: list[tuple[Any, Any, str]] = []
    for unit in load("targets").UNITS:
        name = f"{unit['module']}.{unit['name']}"
        try:
            function = install.find(unit["module"], unit["name"])
            code = install.build(unit, install.parse(unit), function)
            if not install.same(code, function.__code__):
                raise install.NotInstallable("other-text")
            node = install.parse(unit)
            probes.watch(node, name, sites, probes.wide_lines(unit["text"], unit["line"]))
            ready.append((function, install.build(unit, node, function), name))
        except (install.NotInstallable, probes.NotWatchable) as error:
            untraced[name] = install.why(error, load("describing").clean)
    recorder = load("recorder").Recorder(sites, load, ranges, each)
    for function, code, name in ready:
        code = probes.connect(code, recorder.probes())
        recorder.know(code, name)
        function.__code__ = code
    return recorder, untraced
