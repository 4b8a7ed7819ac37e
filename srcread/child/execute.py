"""One run, in the process that was started for it: its snippet, its observers, and its end.

The snippet runs in a thread of its own, at whose bottom nothing of the runner stands: C code calls
one step after the other. So no frame leads from the snippet to what comes after it, nor may it give
handlers to signals, which would be shown the frame that they interrupt. The main thread only waits.

What reports and observes comes from instances of modules that nothing else holds, whose builtins
are a copy: whatever a snippet does to a module that it finds, theirs stay as they were.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import json
import os
import sys
import tempfile
import types
import warnings
from _thread import allocate_lock, stack_size, start_new_thread
from collections import deque
from collections.abc import Callable
from functools import partial
from os import _exit
from sys import audit
from typing import Any, NoReturn

Load = Callable[[str], Any]

_STACK = 16 << 20  # a main thread has as much, or may grow to it; on some systems others do not


def settle(folder: str, trees: dict[str, Any]) -> list[Any]:
    """Make a folder the home of this process, and return its streams, which all write to 1."""
    os.chdir(folder)
    if trees:
        os.environ["SRCREAD_TREES"] = json.dumps(trees)  # as srcread.lab.trees reads it
    os.environ["HOME"] = os.environ["TMPDIR"] = folder
    tempfile.tempdir = None
    warnings.formatwarning = lambda message, category, *_: f"{category.__name__}: {message}\n"
    for name in ("stdout", "stderr"):
        stream = open(1, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115 - kept
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    return [sys.stdout, sys.stderr]


def execute(
    plan: dict[str, Any], run: dict[str, Any], folder: str, streams: list[Any], load: Load
) -> NoReturn:
    """Run a snippet in this process, which has settled in its folder, and end the process."""
    path = os.path.join(folder, run["stem"] + ".py")
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(run["original"])  # for tracebacks and inspect: the lines are the same
    module = types.ModuleType("__main__")
    sys.modules["__main__"], sys.argv = module, [path]
    vars(module)["__file__"] = path
    sites = load("sites")
    code = sites.compiled(run, path, load("constants"))
    about = {
        **{key: run[key] for key in ("mark", "soft", "imported", "checked", "methods")},
        "key": bytes.fromhex(run["key"]),
        "descriptor": 3,
        "originals": plan["originals"],
        "events": sites.events(code, run["sites"]),
        "namespace": vars(module),
        "failed": sites.FAILED,
        "profiled": any(name == "executed" for name, _ in run["observers"]),
    }
    own, watching = _apart(plan["payload"]), _apart(plan["payload"])
    observers: list[Any] = list(run["observers"])
    seen: list[Any] = []
    errors: list[Any] = []
    hidden = own("execute")
    steps = (
        partial(hidden.begin, about, own, observers, seen, watching),
        partial(_snippet, code, vars(module), errors.append),
        partial(sys.settrace, None),
        partial(int) if about["profiled"] else partial(sys.setprofile, None),
        partial(hidden.finish, run["mark"], seen, errors, path, own, streams),
    )
    plan["runs"].clear()  # with the keys of the other runs
    plan.clear()
    run.clear()
    stack_size(_STACK)
    start_new_thread(deque, (map(partial.__call__, steps), 0))
    _wait()


def begin(
    about: dict[str, Any], own: Load, observers: list[Any], seen: list[Any], load: Load
) -> None:
    """Let the observers begin, and then the reporter listen; hide all that there is until now."""
    try:
        seen += [(name, load(name).observe(told, load)) for name, told in observers]
        sys.addaudithook(own("reporter").listener(about, own))
        gc.freeze()
    except BaseException as error:
        os.write(1, f"cannot begin: {error}\n".encode())
        _exit(1)


def finish(
    mark: str, seen: list[Any], errors: list[Any], path: str, own: Load, streams: list[Any]
) -> NoReturn:
    """Tell what was seen, and the end or the error; no atexit, no other thread goes on.

    What is told here must be told by this function itself: at the bottom of its thread.
    """
    status = 1
    try:
        for name, tell in () if errors else seen:
            audit(f"{mark} observed", name, own("describing").json(tell()))
    except BaseException as error:
        errors = [error]
    try:
        if errors:
            failing = issubclass(type(errors[0]), AssertionError)
            audit(f"{mark} raised", own("describing").exception(errors[0], path), failing)
        else:
            audit(f"{mark} ended")
            status = 0
    finally:
        for stream in streams:
            with contextlib.suppress(BaseException):
                stream.flush()
        _exit(status)


def _snippet(code: types.CodeType, namespace: dict[str, Any], keep: Callable[[Any], None]) -> None:
    try:
        exec(code, namespace)
    except BaseException as error:
        keep(error)


def _wait() -> NoReturn:
    lock = allocate_lock()
    while True:
        lock.acquire()


def _apart(sources: dict[str, Any]) -> Load:
    """Return what gives modules of a payload, instances with a copy of the builtins."""
    loaded: dict[str, Any] = {}

    def load(name: str) -> Any:
        if name not in loaded:
            loaded[name] = module = types.ModuleType(name)
            vars(module)["__builtins__"] = dict(vars(builtins))
            exec(sources[name], vars(module))
        return loaded[name]

    return load
