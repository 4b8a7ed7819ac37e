"""A small model made by rules: one attempt after the other, until one runs.

Each attempt is a process of its own with limits of its own, of the interpreter that will run the
script. The rules are data, auto.toml; what applies them travels to the child.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from srcread.running.reading import Interpreter, ScriptError, advice

ATTEMPT = "attempt"
_LIMITS = {"wall_seconds": 60.0, "cpu_counted": 120, "memory_bytes": 4 << 30}
_HOPELESS = ("import", "entry")
"""Steps of an attempt whose failure another size does not mend."""
_ORDER = ("", "import", "entry", "settings", "model", "inputs", "call")
"""The steps of an attempt: of several that fail, the first that came furthest is told."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model is made of: a name in a module, settings in place of its defaults, and sizes.

    `sizes` are `tiny`, or `real`: widths as they are published, without values.
    """

    module: str
    name: str
    given: Mapping[str, Any] | None = None
    sizes: str = "tiny"


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it: the script that ran, or the one that came furthest with its error.

    `changed` are the settings made smaller: name, new and old value; `idle` are classes of the
    model that were not called. `step` says in which part of the attempt it failed, `line` in which
    line of the script; `error` is in words, empty if it ran.
    """

    script: str
    rung: str
    changed: tuple[tuple[str, Any, Any], ...] = ()
    parameters: int = 0
    idle: tuple[str, ...] = ()
    seconds: float = 0
    step: str = ""
    line: int = 0
    error: str = ""


def make(asked: Asked, interpreter: Interpreter) -> Made:
    """Return a script that makes a small model and calls it, having run it.

    Raises:
        SrcreadError: the interpreter, device or sandbox cannot be had.
    """
    began = time.monotonic()
    best: Made | None = None
    rungs = list(rules()["rungs"][asked.sizes])
    same = ""
    while rungs:
        rung = rungs.pop(0)
        for kind in ("float32",) if asked.sizes == "tiny" else ("float32", "bfloat16"):
            made = _attempt(asked, rung, kind, interpreter, began)
            if not made.error:
                return made
            if best is None or _ORDER.index(made.step) > _ORDER.index(best.step):
                best = made
            if made.step in _HOPELESS:
                return best
        if made.error == same:  # no other size will mend it, but perhaps what the model says itself
            rungs = rungs[-1:]
        same = made.error
    assert best is not None
    return best


@cache
def rules() -> Mapping[str, Any]:
    """Return the rules by which a model is made small and called."""
    return tomllib.loads(Path(__file__).with_name("auto.toml").read_text("utf-8"))


def _attempt(asked: Asked, rung: str, kind: str, interpreter: Interpreter, began: float) -> Made:
    about = {
        "module": asked.module,
        "name": asked.name,
        "given": dict(asked.given) if asked.given is not None else None,
        "meta": asked.sizes == "real",
        "type": kind,
        "rung": rung,
        "rules": rules(),
    }
    try:
        _, told = interpreter.run("auto", "", (ATTEMPT, about), limits=_LIMITS)
    except ScriptError as error:
        said = str(error).partition(": ")[2]
        return Made("", rung, step="import", error=said, seconds=time.monotonic() - began)
    ended = told["error"] or {}
    words = ": ".join(filter(None, (ended.get("type"), ended.get("message"))))
    return Made(
        script=told["script"],
        rung=rung,
        changed=tuple((name, new, old) for name, new, old in told["changed"]),
        parameters=told["parameters"],
        idle=tuple(told["idle"]),
        seconds=time.monotonic() - began,
        step=ended.get("step", ""),
        line=ended.get("line", 0),
        error=words + advice(words) if words else "",
    )
