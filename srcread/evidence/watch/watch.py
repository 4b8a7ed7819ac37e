"""The observer of a control run: units of the read source, installed with probes and one change.

About it: `{"units": [UNIT, …], "names": [[NAME, …], …], "places": [[[LINE, COLUMN], …], …],
"change": null or {"unit": N, "edit": [START, END, TEXT], "default": null or [NAME, VALUE]}}`; names
and places are those of the unit at the same place in the list. START and END count characters of
the unit's text. What it has seen:

    refused      by number of the unit, why it could not be installed, or its change not made
    ran          per unit, for each of its places, whether that statement ran
    entered      per unit, how often it was called
    native       per unit, which of its names are functions not written in Python
    values       what every activation was given and returned (see `values`)

Without a change each unit is compiled as it is and compared with the code that it has: a unit whose
text gives other code is not what runs, and is refused.
"""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable
from typing import Any


def observe(about: dict[str, Any], load: Callable[[str], Any]) -> Callable[[], dict[str, Any]]:
    """Install the units, and return what tells afterwards what was seen."""
    values = load("values").Values()
    watched = [_Watched(number, about, load, values) for number in range(len(about["units"]))]

    def seen() -> dict[str, Any]:
        return {
            "refused": {str(one.number): one.refused for one in watched if one.refused},
            "ran": [list(one.ran) for one in watched],
            "entered": [one.entered for one in watched],
            "native": [one.native for one in watched],
            "values": values.result(),
        }

    return seen


class _Watched:
    """One unit: what it was asked, and what was seen of it."""

    def __init__(
        self, number: int, about: dict[str, Any], load: Callable[[str], Any], values: Any
    ) -> None:
        self.number, self.entered, self.refused = number, 0, ""
        self.places = [tuple(place) for place in about["places"][number]]
        self.ran = bytearray(len(self.places))
        self.native: list[str] = []
        self._values = values
        self._running = threading.local()
        change = about["change"]
        mine = change if change and change["unit"] == number else None
        try:
            self._install(about, mine, load)
        except Exception as error:
            self.refused = str(error) or type(error).__name__

    def _install(
        self, about: dict[str, Any], change: dict[str, Any] | None, load: Callable[[str], Any]
    ) -> None:
        install, marks, replies = load("install"), load("marks"), load("replies")
        unit = about["units"][self.number]
        function = install.find(unit["module"], unit["name"])
        names = about["names"][self.number]
        self.native = [name for name in names if replies.is_native(function, name)]
        if about["change"] is None:
            code = install.build(unit, install.parse(unit), function)
            if not install.same(code, function.__code__):
                raise install.NotInstallable("what runs is not compiled from this text")
        text = unit["text"]
        if change is not None:
            start, end, new = change["edit"]
            text = text[:start] + new + text[end:]
        node = install.parse({**unit, "text": text})
        marks.mark_statements(node, self.places)
        marks.mark_activations(node)
        code = install.build(unit, node, function)
        code = marks.replaced(code, replies.changes()) if change is not None else code
        activation = (self._begin, self._return, self._raise)
        function.__code__ = marks.with_probes(code, self.ran, activation)
        if change is not None and change["default"]:
            _set_default(function, *change["default"])

    def _begin(self, given: tuple[object, ...]) -> None:
        self.entered += 1
        self._stack().append(given)

    def _return(self, value: object) -> object:
        self._end("returned", (value, self._stack().pop()))
        return value

    def _raise(self, _: None) -> None:
        kind = sys.exc_info()[0]
        self._end(f"raised {getattr(kind, '__qualname__', kind)}", self._stack().pop())

    def _end(self, ending: str, values: object) -> None:
        try:
            self._values.add(self.number, ending, values)
        except Exception as error:
            self.refused = f"its values cannot be described: {type(error).__name__}"

    def _stack(self) -> list[tuple[object, ...]]:
        if not hasattr(self._running, "stack"):
            self._running.stack = []
        return self._running.stack  # type: ignore[no-any-return]


def _set_default(function: types.FunctionType, name: str, value: object) -> None:
    """Give a parameter another default: they are evaluated at import, and no part of the code."""
    if function.__kwdefaults__ and name in function.__kwdefaults__:
        function.__kwdefaults__ = {**function.__kwdefaults__, name: value}
        return
    defaults = list(function.__defaults__ or ())
    code = function.__code__
    first = code.co_argcount - len(defaults)
    defaults[code.co_varnames.index(name) - first] = value
    function.__defaults__ = tuple(defaults)
