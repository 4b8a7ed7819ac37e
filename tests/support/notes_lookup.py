"""Sources for tests of the notes room: texts by module name, and the symbols that stand in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

import pytest

from srcread.index.trees import range_of, split_lines
from srcread.model import Position, Range, Symbol, SymbolKind
from srcread.notes.anchors.find import find
from srcread.notes.anchors.gather import places_of, read_places
from srcread.notes.anchors.places import Place, Places, text_of
from srcread.notes.anchors.selector import parse_selector

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Texts:
    """A `Lookup` over texts: `{"package.module": "def f(): …"}`."""

    def __init__(self, files: Mapping[str, str], natives: tuple[str, ...] = ()) -> None:
        self.files = files
        self.symbols = {
            symbol.name: symbol
            for module, text in files.items()
            for symbol in symbols_of(module, text)
        }
        for name in natives:
            nowhere = Range(Position(1, 0), Position(1, 0))
            self.symbols[name] = Symbol(name, SymbolKind.NATIVE, "example", "", nowhere, 1)

    def symbol(self, name: str) -> Symbol | None:
        return self.symbols.get(name)

    def text(self, symbol: Symbol) -> str:
        return self.files[symbol.path.removesuffix(".py").replace("/", ".")]

    def nearest(self, name: str) -> str | None:
        near = get_close_matches(name, sorted(self.symbols), n=1)
        return near[0] if near else None


def symbols_of(module: str, text: str) -> Iterator[Symbol]:
    """Yield a text's module and every class and function in it that is not in a function."""
    lines = split_lines(text)
    path = module.replace(".", "/") + ".py"
    whole = Range(Position(1, 0), Position(len(lines), 0))
    yield Symbol(module, SymbolKind.MODULE, "example", path, whole, 1)
    waiting: list[tuple[str, ast.AST]] = [(module, ast.parse(text))]
    while waiting:
        prefix, parent = waiting.pop()
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, Definition):
                name = f"{prefix}.{node.name}"
                kind = SymbolKind.CLASS if isinstance(node, ast.ClassDef) else SymbolKind.FUNCTION
                own = range_of(node, lines)
                first = min(
                    [own.start, *(Position(d.lineno, 0) for d in node.decorator_list)],
                )
                yield Symbol(name, kind, "example", path, Range(first, own.end), node.lineno)
                if kind is SymbolKind.CLASS:
                    waiting.append((name, node))


def places_in(text: str, name: str = "f") -> Places:
    """Return the places of a definition in a text."""
    lookup = Texts({"m": text})
    return places_of(text, lookup.symbols[f"m.{name}"])


def all_places(text: str) -> Iterator[tuple[str, Places]]:
    """Yield every definition of a text, however deep, with its places."""
    lines = split_lines(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Definition):
            yield node.name, read_places(node, lines)


def first_line(places: Places, place: Place) -> str:
    """Return the stripped text of the line on which a place begins, from its first character."""
    start = place.range.start
    return places.lines[start.line - 1][start.column :].rstrip()


def found(text: str, selector: str, name: str = "f") -> list[str]:
    """Return the first lines of all places that a selector names."""
    places = places_in(text, name)
    return [first_line(places, place) for place in find(places, parse_selector(selector))]


def shown(text: str, selector: str, name: str = "f") -> str:
    """Return the whole text of the one place that a selector names."""
    places = places_in(text, name)
    (place,) = find(places, parse_selector(selector))
    return text_of(places.lines, place.range)


def torch_text(path: str) -> str:
    """Return the text of a file of the installed torch 2.13.0, or skip the test."""
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        pytest.skip("torch is not installed")
    folder = Path(spec.origin).parent
    version = (folder / "version.py").read_text(encoding="utf-8")
    if "'2.13.0" not in version:
        pytest.skip("the installed torch is not 2.13.0")
    return (folder / path).read_text(encoding="utf-8")
