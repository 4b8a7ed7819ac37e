"""The observer of a control run: units of the read source, installed with probes and one change.

About it, `units`: of each its `number` among the targets of the note, the `unit` itself, `places`
[[LINE, COLUMN], …] and `names`; `change`: null for all of them, or for a single one
`{"edit": [START, END, TEXT], "default": null or [NAME, VALUE]}`, where START and END count
characters of its text; `mark`: null, or by what the reporter is told that one begins; and whether a
false claim `decides`. It has seen null where one did, else, in the order of the units:

    refused      why it could not be installed, or its change not made, as a reason; else null
    ran          for each of its places, whether that statement ran
    entered      how often it was called
    native       which of its names are functions not written in Python
    whole        whether all that its activations gave and were given has been looked at
    values       of all: what every activation gave and was given (see `values`)

Without a change each unit is compiled as it is and compared with the code that it has: a unit whose
text gives other code is not what runs, and is refused. One of a source tree, with a `file`, is
installed each time that its module is made.
"""

from __future__ import annotations

import ast
import dis
import types
from collections.abc import Callable, Iterator
from sys import _getframe, audit, exc_info, getprofile, setprofile
from typing import Any

_OFTEN = 256  # from there on, every power of two
_PLAIN = frozenset(map(id, (bool, int, float, complex, str, bytes)))

_installed: set[tuple[str, int, int]] = set()


def holds(file: str, line: int) -> bool:
    """Tell whether a line of a file, where it runs, is one of the units."""
    return any(file == own and first <= line <= last for own, first, last in _installed)


def observe(
    about: dict[str, Any], load: Callable[[str], Any]
) -> Callable[[], dict[str, Any] | None]:
    """Install the units, and return what tells afterwards what was seen."""
    watched: list[_Watched] = []

    def text_of(number: int, code: types.CodeType) -> str | None:
        found = (one.text_of(code) for one in watched if one.number == number)
        return next(found, None)

    decided = load("values").decided if about["decides"] else bytes(1)
    values = load("values").Values(load, text_of)
    given = about["change"], about["mark"], load, values, decided
    watched += [_Watched(one, *given) for one in about["units"]]

    def seen() -> dict[str, Any] | None:
        return (
            None
            if decided[0]
            else {
                "refused": [one.refused or one.lost for one in watched],
                "ran": [list(one.ran) for one in watched],
                "entered": [one.entered for one in watched],
                "native": [one.native for one in watched],
                "whole": [one.whole and values.is_whole(one.number) for one in watched],
                "values": values.result(),
            }
        )

    return seen


class _Watched:
    """One unit: what it was asked, and what was seen of it."""

    def __init__(
        self,
        about: dict[str, Any],
        change: dict[str, Any] | None,
        mark: str | None,
        load: Callable[[str], Any],
        values: Any,
        decided: bytearray | bytes,
    ) -> None:
        self.number, self.entered = about["number"], 0
        self.refused: dict[str, str] | None = None
        self.lost: dict[str, str] | None = None
        self.whole = True
        self.ran = load("marks").Ran(len(about["places"]))
        self.native: list[str] = []
        self._about, self._change, self._load = about, change, load
        self._event = f"{mark} entered" if mark else None
        self._decided = decided
        self._values = values
        self._running: dict[int, tuple[object, ...]] = {}
        self._function: types.FunctionType | None = None
        self._text = ""
        self._stored: list[str] = []
        unit = about["unit"]
        if unit["file"]:
            self.refused = {"code": "not-made", "module": unit["module"]}
            load("late").when_made(unit["file"], self._arrive)
        else:
            self._try(lambda: load("install").find(unit["module"], unit["name"]))

    def _arrive(self, module: types.ModuleType) -> None:
        self._try(lambda: self._load("install").find_in(module, self._about["unit"]["name"]))

    def _try(self, find: Callable[[], types.FunctionType]) -> None:
        try:
            self._install(find())
        except Exception as error:  # an import of the read source may raise anything
            self.refused = self._load("install").why(error, self._load("describing").clean)
        else:
            self.refused = None

    def _install(self, function: types.FunctionType) -> None:
        install, marks, replies = map(self._load, ("install", "marks", "replies"))
        about, change = self._about, self._change
        self.native = [name for name in about["names"] if replies.is_native(function, name)]
        unit = about["unit"]
        if change is None or unit["file"]:
            unit = _as_it_runs(unit, function, install)
        text = unit["text"]
        if change is not None:
            start, end, new = change["edit"]
            text = text[:start] + new + text[end:]
        node = install.parse({**unit, "text": text})
        marks.mark_statements(node, [tuple(place) for place in about["places"]])
        self._stored = _stored(node)
        self.whole = marks.mark_activations(node)
        code = install.build(unit, node, function)
        objects = marks.probes(self.ran, (self._begin, self._return, self._raise, self._yield))
        objects.update(replies.changes() if change is not None else {})
        function.__code__ = self._load("constants").replaced(code, objects)
        self._function, self._text = function, text
        _installed.add((code.co_filename, unit["line"], unit["line"] + text.count("\n")))
        if change is not None and change["default"]:
            _set_default(function, *change["default"])

    def text_of(self, code: types.CodeType) -> str | None:
        """Return the text of a code inside this unit, None for any other."""
        own = self._function.__code__ if self._function is not None else None
        if own is None or code is own or code.co_filename != own.co_filename:
            return None
        first, lines = self._about["unit"]["line"], self._text.split("\n")
        if not first <= code.co_firstlineno < first + len(lines):
            return None
        return "\n".join(lines[code.co_firstlineno - first : max(_lines(code)) - first + 1])

    def _begin(self, given: tuple[object, ...]) -> None:
        self.entered += 1
        if self._event and (self.entered <= _OFTEN or not self.entered & (self.entered - 1)):
            audit(self._event, self.entered)
        # A plain value cannot be changed by the function: it is what was asked, not what came.
        kept = tuple(None if id(type(one)) in _PLAIN else one for one in given)
        self._running[_caller()] = kept

    def _return(self, value: object) -> object:
        self._end("returned", value, self._running.pop(_caller(), ()))
        return value

    def _yield(self, value: object) -> object:
        self._end("yielded", value, ())
        return value

    def _raise(self, _: None) -> None:
        error, given = exc_info()[1], self._running.pop(_caller(), ())
        self._load("errors").ends(self.number)
        if type(error) is not GeneratorExit:  # it comes when nobody waits for more, at any time
            self._end("raised", error, given)

    def _end(self, ending: str, value: object, given: tuple[object, ...]) -> None:
        if self._decided[0]:
            return
        profile = getprofile()
        hidden = callable(profile)  # one of C, which `setprofile` cannot set again, is none
        try:
            if hidden:  # what the snippet counts are calls of its own
                setprofile(None)
            names = self._function.__globals__ if self._function is not None else {}
            stored = [names.get(name) for name in self._stored]
            classes = [one for one in given if issubclass(type(one), type)]
            self._values.add(self.number, ending, [value, given, stored], classes)
        except BaseException as error:  # an observer must not change what the snippet does
            self.whole = False
            self.lost = {"code": "values-unknown", "error": type(error).__name__}
        finally:
            if hidden:
                setprofile(profile)


def _caller() -> int:
    """Return what tells the activation that a probe stands in: its frame stays while it runs."""
    return id(_getframe(2))


def _stored(node: ast.AST) -> list[str]:
    """Return the names of the module that a function gives values."""
    return sorted({n for one in ast.walk(node) if isinstance(one, ast.Global) for n in one.names})


def _lines(code: types.CodeType) -> Iterator[int]:
    """Yield the lines that a code and those in it come from."""
    yield code.co_firstlineno
    yield from (line for _, line in dis.findlinestarts(code) if line is not None)
    for item in code.co_consts:
        if isinstance(item, types.CodeType):
            yield from _lines(item)


def _as_it_runs(unit: dict[str, Any], function: types.FunctionType, install: Any) -> dict[str, Any]:
    """Return a unit that compiles to the function's own code: extraction compiles it by itself."""
    alone = {**unit, "imports": []}
    for one in (unit, alone) if unit["file"] else (unit,):
        if install.same(install.build(one, install.parse(one), function), function.__code__):
            return one
    raise install.NotInstallable("other-text")


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
