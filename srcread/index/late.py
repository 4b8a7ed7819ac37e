"""Files whose functions are parsed one by one, when somebody looks into them.

Of the 300 functions of torch.nn.functional a graph walks 20, and its file takes 34 ms to parse. So
in large files the bodies of functions and methods are first left out, found by their indentation,
and what is left is parsed. A body is parsed at the first look at it, with the positions that it has
in the file: who holds the tree cannot tell the difference. The cut is made by indentation, which
texts in triple quotes may break; then the rest does not parse, or a body is missing from its place,
and the file is parsed whole. A body with more such quotes than a docstring's is parsed to see that
it is one. An error inside a body costs that function only, and a diagnostic.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_SMALLEST_FILE = 16_000
_SMALLEST_BODY = 120
_DEF = re.compile(r"\n( {4})?(?:async )?def \w+\(")
_BRACKET = re.compile(r"[()]")
_HEADER_END = re.compile(r"\)[ \t]*(?:->[^\n]*?)?:[ \t]*(?:#[^\n]*)?\n")
_DOCSTRING = re.compile(r"""\s*[rR]?(?:"{3}|'{3})""")
_ESCAPE = re.compile(r"""\\(?:"{3}|'{3}|\n {0,4}[^\s#])""")
"""What continues a text in triple quotes, or a line out of its body."""
_OUTSIDE = {
    0: re.compile(r"\n[^\s#]"),
    4: re.compile(r"\n {0,4}[^\s#]"),
}
"""Before the first line that is not of a body, by the indentation of its `def`."""

Parse = Callable[[str], ast.Module]
Report = Callable[[Exception], None]


@dataclass(frozen=True, slots=True)
class _Cut:
    """A body that was left out: its lines' first number and its text."""

    line: int
    text: str


def parse_late(text: str, parse: Parse, report: Report) -> ast.Module | None:
    """Parse a large file without its functions' bodies; None for one that has to be parsed whole.

    `report` is told what is wrong with a body, when it is looked at.
    """
    if len(text) < _SMALLEST_FILE or "\r" in text or "\f" in text:
        return None
    parts, cuts, done, line = [], {}, 0, 1
    for header, start, end in _bodies(text):
        if not (_is_plain(text[start:end]) or _is_block(text[start:end], parse)):
            return None
        def_line = line + text.count("\n", done, header)
        body_line = def_line + text.count("\n", header, start)
        line = body_line + text.count("\n", start, end)
        parts += [text[done:start], "        ...", "\n" * (line - body_line)]
        cuts[def_line] = _Cut(body_line, text[start:end])
        done = end
    try:
        tree = parse("".join(parts) + text[done:])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    late = [(node, cut) for node in _functions(tree) if (cut := cuts.get(node.lineno)) is not None]
    if len(late) != len(cuts) or not all(_is_left_out(node, cut) for node, cut in late):
        return None
    for node, cut in late:
        _make_late(node, cut, parse, report)
    return tree


def last_line(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Return the line of a definition's end, or one shortly behind it, without a look inside."""
    late = node.__dict__.get("_late")
    if late is not None:
        return int(late.line + late.text.rstrip().count("\n"))
    return node.end_lineno or node.lineno


def may_mention(node: ast.AST, word: str) -> bool:
    """Tell whether a word may stand in a node: a sure no for a body that is not parsed yet."""
    late = node.__dict__.get("_late")
    return late is None or word in late.text


class FunctionDef(ast.FunctionDef):
    """A function whose body is parsed when it is first looked at. `ast` goes by this name."""

    __slots__ = ()


class AsyncFunctionDef(ast.AsyncFunctionDef):
    """The same for `async def`."""

    __slots__ = ()


def _looked_into(field: str) -> property:
    def get(self: ast.FunctionDef | ast.AsyncFunctionDef) -> object:
        held = self.__dict__
        if (late := held.get("_late")) is not None:
            held["_late"] = None
            held["body"] = _parsed(late, held["_parse"], held["_report"])
            held["end_lineno"] = held["body"][-1].end_lineno
            held["end_col_offset"] = held["body"][-1].end_col_offset
        return held[field]

    def set_(self: ast.FunctionDef | ast.AsyncFunctionDef, value: object) -> None:
        self.__dict__[field] = value

    return property(get, set_)


for _class in (FunctionDef, AsyncFunctionDef):
    for _field in ("body", "end_lineno", "end_col_offset"):
        setattr(_class, _field, _looked_into(_field))


def _bodies(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield where a `def` stands, where its body begins, and where that ends."""
    done = 0
    for match in _DEF.finditer(text):
        if match.start() + 1 < done:
            continue
        header = _HEADER_END.match(text, _closing(text, match.end()))
        if header is None:
            continue
        end = _end(text, header.end(), _OUTSIDE[len(match[1] or "")])
        # The last function of a class is parsed at once: the class ends where it does.
        followed = match[1] is None or re.match(r" {4}\S", text[end : end + 5]) is not None
        if followed and end - header.end() >= _SMALLEST_BODY:
            yield match.start() + 1, header.end(), end
            done = end


def _closing(text: str, start: int) -> int:
    """Return where the bracket closes that was opened before `start`."""
    depth = 1
    for match in _BRACKET.finditer(text, start):
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            return match.start()
    return len(text)


def _end(text: str, start: int, outside: re.Pattern[str]) -> int:
    """Return where a body ends: not in a text in triple quotes, nor in a continued line."""
    end = start
    while True:
        match = outside.search(text, end - (end == start))
        if match is None:
            return len(text)
        end = match.start() + 1
        odd = any(text.count(quotes, start, end) % 2 for quotes in ('"""', "'''"))
        if not odd and text[end - 2] != "\\":
            return end


def _is_plain(body: str) -> bool:
    """Tell that a body's end is sure: it has no triple quotes but those of a docstring."""
    quotes = body.count('"""') + body.count("'''")
    is_docstring = quotes == 2 and _DOCSTRING.match(body) is not None
    return (quotes == 0 or is_docstring) and _ESCAPE.search(body) is None


def _is_block(body: str, parse: Parse) -> bool:
    try:
        tree = parse("if 1:\n" + body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    match tree.body:
        case [ast.If(orelse=[])]:
            return True
    return False


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions that stand in a module or in a block directly in it."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield child
            elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                waiting.append(child)


def _is_left_out(node: ast.FunctionDef | ast.AsyncFunctionDef, cut: _Cut) -> bool:
    match node.body:
        case [ast.Expr(value=ast.Constant(value=value)) as only]:
            return value is ... and only.lineno == cut.line and only.col_offset == 8
    return False


def _make_late(
    node: ast.FunctionDef | ast.AsyncFunctionDef, cut: _Cut, parse: Parse, report: Report
) -> None:
    node.__dict__.update(_late=cut, _parse=parse, _report=report)
    node.__class__ = FunctionDef if isinstance(node, ast.FunctionDef) else AsyncFunctionDef


def _parsed(cut: _Cut, parse: Parse, report: Report) -> list[ast.stmt]:
    try:
        (block,) = parse("\n" * (cut.line - 2) + "if 1:\n" + cut.text).body
        assert isinstance(block, ast.If)
        return block.body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        report(error)
        return [ast.Pass(lineno=cut.line, col_offset=0, end_lineno=cut.line, end_col_offset=0)]
