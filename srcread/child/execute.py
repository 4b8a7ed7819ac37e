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
import traceback
import types
import warnings
from _thread import LockType, allocate_lock, stack_size, start_new_thread
from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import count
from os import _exit
from sys import audit
from typing import Any, NoReturn

Load = Callable[[str], Any]

_STACK = 16 << 20  # a main thread has as much, or may grow to it; on some systems others do not


def settle(folder: str, trees: dict[str, Any], own: str = "") -> list[Any]:
    """Make a folder the home of this process, and return its streams, which all write to 1.

    It works in its `own` folder if there is one.
    """
    os.chdir(own or folder)
    if trees:
        os.environ["SRCREAD_TREES"] = json.dumps(trees)  # as srcread.lab.trees reads it
    os.environ["HOME"] = os.environ["TMPDIR"] = folder
    tempfile.tempdir = None
    # The same names in each run: a random one would be another value of what is watched.
    vars(tempfile)["_name_sequence"] = map("{:08}".format, count())
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
    waiting, for_ever = allocate_lock(), allocate_lock()
    waiting.acquire()
    _start(plan, run, folder, streams, load, waiting)
    plan["runs"].close()  # with the keys of the other runs
    plan.clear()
    run.clear()
    waiting.release()  # now nothing that a snippet might want is in a frame of this thread
    while True:
        try:
            for_ever.acquire()
        except:  # noqa: E722 - whatever is raised here, and whatever its name stands for
            continue


def _start(
    plan: dict[str, Any],
    run: dict[str, Any],
    folder: str,
    streams: list[Any],
    load: Load,
    waiting: LockType,
) -> None:
    """Start the thread of a snippet, which begins when it need not wait any more."""
    if run["equations"] is not None:  # as srcread.equations.note says
        os.environ["SRCREAD_EQUATIONS"] = json.dumps(run["equations"])
    path = plan["own"]["script"] or os.path.join(folder, run["stem"] + ".py")
    if not plan["own"]["script"]:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(run["original"])  # for tracebacks and inspect: the lines are the same
    module = types.ModuleType("__main__")
    sys.modules["__main__"], sys.argv = module, [path, *plan["own"]["arguments"]]
    vars(module)["__file__"] = path
    own, watching, sites = _apart(plan["payload"]), _apart(plan["payload"]), load("sites")
    code = sites.connected(_code(run, path, watching), run, load("constants"))
    about = {
        **{key: run[key] for key in ("mark", "soft", "imported", "checked", "methods", "anchored")},
        "key": bytes.fromhex(run["key"]),
        "descriptor": 3,
        **{key: plan[key] for key in ("originals", "known")},
        "events": sites.events(code, run["sites"]),
        "namespace": vars(module),
        "failed": sites.FAILED,
        "passing": run["errors"] is not None,
        "profiled": any(name == "executed" for name, _ in run["observers"]),
        "looks": run["checked"] or any(_tells(one) for one in run["observers"]),
        "token": object(),
        "claims": len(run["claims"]),
        "decided": bytearray(1),
    }
    seen: list[Any] = []
    told: list[Any] = []
    forgives = bool(plan["own"]["script"])
    hidden, unwatched = own("execute"), partial(sys.settrace, None)
    unprofiled = partial(int) if about["profiled"] else partial(sys.setprofile, None)
    steps = (
        partial(waiting.acquire),
        partial(hidden.begin, about, own, list(run["observers"]), seen, watching),
        partial(_snippet, exec, code, vars(module), told, load("describing"), path, forgives),
        *(unwatched, unprofiled),
        partial(_tell, seen, told, load("describing"), path, streams),
        *(unwatched, unprofiled),
        partial(hidden.finish, run["mark"], about["token"], told),
    )
    stack_size(_STACK)
    start_new_thread(deque, (map(partial.__call__, steps), 0))


def _tells(observer: list[Any]) -> bool:
    """Tell whether an observer says when functions of the note begin."""
    return observer[0] == "units" and observer[1]["mark"] is not None


def _code(run: dict[str, Any], path: str, load: Load) -> types.CodeType:
    """Compile a snippet; where its errors are told, with the probes that tell them."""
    if run["errors"] is None:
        return load("sites").compiled(run["source"], path)  # type: ignore[no-any-return] # of the payload
    errors = load("errors")
    snippet = run.get("compiled") or errors.compiled(run["source"], path, run["mark"], load)

    def tell(observer: str, value: object) -> None:
        audit(f"{mark} {observer}", json.dumps(value))

    mark = run["mark"]
    return errors.probed(snippet, run["errors"], tell, load)  # type: ignore[no-any-return] # the same


def begin(
    about: dict[str, Any], own: Load, observers: list[Any], seen: list[Any], load: Load
) -> None:
    """Let the observers begin, and then the reporter listen; hide all that there is until now."""
    try:
        if any(name == "units" for name, _ in observers):
            about["decided"] = load("values").decided
        seen += [(name, load(name).observe(told, load)) for name, told in observers]
        sys.addaudithook(own("reporter").listener(about, own))
        gc.freeze()
    except BaseException as error:
        os.write(1, f"cannot begin: {error}\n".encode())
        _exit(1)


def _snippet(
    run: Callable[..., None],
    code: types.CodeType,
    namespace: dict[str, Any],
    told: list[Any],
    describing: Any,
    path: str,
    forgives: bool,
) -> None:
    """Run a snippet and tell of its error; a script of the reader's may end itself by `exit(0)`."""
    try:
        run(code, namespace)
    except:  # noqa: E722 - a snippet may have given the name of any error to something else
        error = sys.exc_info()[1]
        if not (forgives and type(error) is SystemExit and error.code in (None, 0)):
            told.append(describing.exception(error, path))
            if forgives and error is not None and error.__traceback__ is not None:
                traceback.print_exception(type(error), error, error.__traceback__.tb_next)


def _tell(seen: list[Any], told: list[Any], describing: Any, path: str, streams: list[Any]) -> None:
    """Ask the observers, if all went well.

    Code of the snippet may run here, and finds nothing of the reporter. What it printed is written
    first: a stream of its own would change what the observers are about to tell.
    """
    for stream in streams:
        with contextlib.suppress(BaseException):
            stream.flush()
    try:
        for name, tell in () if told else seen:
            told.append((name, describing.json(tell())))
    except:  # noqa: E722 - as in `_snippet`
        told.append(describing.exception(sys.exc_info()[1], path))


def finish(mark: str, token: object, told: list[Any]) -> NoReturn:
    """Pass on what was seen, and the end or the error; no atexit, no other thread goes on.

    No code of the snippet runs below this: what it is told is taken if it is of plain types.
    """
    status = 1
    try:
        strange = [one for one in told if type(one) is not tuple or _kinds(one) != (str, str)]
        known = [one for one in strange if type(one) is tuple and _kinds(one) == _ERROR]
        if strange:
            audit(f"{mark} raised", token, *(known[0] if known else _UNKNOWN))
        else:
            for one in told:
                audit(f"{mark} observed", token, *one)
            audit(f"{mark} ended", token)
            status = 0
    finally:
        _exit(status)


def _kinds(values: tuple[Any, ...]) -> tuple[type, ...]:
    return tuple(map(type, values))


_ERROR = (str, str, bool, bool, int)  # as `describing.exception` gives it
_UNKNOWN = ("Exception", "it cannot be said", False, False, 0)


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
