"""The observer of a run that begins otherwise than the first: what a snippet settles, it settles.

About it, by the names of `random`, `numpy` and `torch`, the seed that each generator starts from,
and `shift`, how many objects are made before, so that other objects lie elsewhere. It has seen of
each generator that was there whether the snippet has drawn from it, and a digest of where it stands
at the end: a snippet that seeds stands at one place however it began.
"""

from __future__ import annotations

import _thread
import sys
from collections.abc import Callable
from hashlib import blake2b
from typing import Any


def observe(about: dict[str, Any], load: Callable[[str], Any]) -> Callable[[], dict[str, Any]]:
    """Stir what a seed would settle, and return what tells afterwards where it stands."""
    _thread.start_new_thread(int, ())  # takes a number, as processes do: the next run's is another
    held: list[object] = []
    for _ in range(about["shift"]):  # one of each size, for each has a place of its own
        held += [object(), [], {}, *(bytes(size) for size in range(1, 512, 16))]
    began = {name: state for name in _SEEDS if (state := _seeded(name, about[name]))}

    def seen() -> dict[str, Any]:
        held.clear()
        now = {name: _state(name, sys.modules[name]) for name in began}
        return {name: [now[name] != began[name], now[name]] for name in sorted(now)}

    return seen


def _seeded(name: str, seed: int) -> str:
    """Seed a generator and return where it stands; nothing for what is no generator here."""
    try:
        module = sys.modules[name]
        _SEEDS[name](module)(seed)
        return _state(name, module)
    except Exception:  # not imported, or another module of that name
        return ""


def _state(name: str, module: Any) -> str:
    return blake2b(repr(_STATES[name](module)).encode(), digest_size=12).hexdigest()


_SEEDS: dict[str, Callable[[Any], Any]] = {
    "random": lambda module: module.seed,
    "numpy": lambda module: module.random.seed,
    "torch": lambda module: module.manual_seed,
}
_STATES: dict[str, Callable[[Any], Any]] = {
    "random": lambda module: module.getstate(),
    "numpy": lambda module: module.random.get_state()[1].tobytes(),
    "torch": lambda module: module.default_generator.get_state().tolist(),
}
