"""Text to syntax trees, by `ast`: whole files, one symbol's lines, and where nodes stand in them.

Parses whatever it is given: `parse` is the careful door, for files that nobody vouches for. `ast`
and not libcst, because reading torch by libcst takes 8-9 times as long and its parser dies on 5,000
nested parentheses. The garbage collector is off while trees are built and walked: it only ever
finds that they are alive, and costs a third of the time.
"""

from __future__ import annotations

import ast
import gc
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from srcread.model import Diagnostic, Position, Range, Severity, SourceFile, Symbol

PARSE_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What `ast.parse` raises."""

LAMBDA = "<lambda>"
BODY = "<module>"
"""What the code of a module itself is called, as in Python's tracebacks."""
"""What a lambda is called; the second of its block `<lambda>~2`."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_MODEST_SIZE = 1_000_000  # a list of ones takes 350 times its bytes as a tree
_MODEST_DEPTH = 40
_MODEST_REST = 200
_TO_ROUND = bytes.maketrans(b"[{]}", b"(())")
_NO_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))


def is_modest(data: bytes) -> bool:
    """Tell whether a file can be parsed here: neither large nor nested deeply, by its brackets.

    Each round removes the innermost pairs; those in texts and comments may stay unpaired. Of
    torch's 2,371 files one is not modest, by its size.
    """
    if len(data) > _MODEST_SIZE:
        return False
    brackets = data.translate(_TO_ROUND, _NO_BRACKETS)
    for _ in range(_MODEST_DEPTH):
        rest = brackets.replace(b"()", b"")
        if len(rest) == len(brackets):
            break
        brackets = rest
    return len(brackets) <= _MODEST_REST


def what_is_wrong(error: Exception) -> tuple[int, str]:
    """Return the line that an error of `ast.parse` names, 0 for none, and its words."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0, error.msg
    return 0, str(error) or "it nests too deeply, or takes too much memory"


def unparsable(place: str, line: int, problem: str) -> Diagnostic:
    """Return the diagnostic about a file, `dist:path`, that cannot be parsed."""
    return Diagnostic(
        path=place,
        line=line,
        code="SRC001",
        message=f"Python {sys.version_info.major}.{sys.version_info.minor} cannot parse this file: "
        f"{problem}.",
        hint="It is left out; a newer Python may read it.",
        severity=Severity.WARNING,
    )


def unread_cells(file: SourceFile) -> list[Diagnostic]:
    """Return a diagnostic for each cell of a notebook that is no Python."""
    place, hint = f"{file.distribution}:{file.path}", "The cell is left out."
    return [
        Diagnostic(place, line, "SRC001", f"{why[:1].upper()}{why[1:]}.", hint, Severity.WARNING)
        for line, why in file.unread
    ]


def undecodable(error: Exception) -> Diagnostic:
    """Turn the complaint `dist:path:line: …` about a file's encoding into a diagnostic."""
    place, _, message = str(error).partition(": ")
    path, _, line = place.rpartition(":")
    return Diagnostic(
        path=path if line.isdigit() else place,
        line=int(line) if line.isdigit() else 0,
        code="SRC002",
        message=message,
        hint="It is left out.",
        severity=Severity.WARNING,
    )


def parse_symbol(
    text: str, symbol: Symbol
) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef:
    """Parse only a symbol's own lines, with the positions that they have in the file.

    A symbol of 400 lines takes 2 ms where its file of 7,000 takes 40.

    Raises:
        ValueError: the lines are not a definition: `symbol` is not of this text.
    """
    if symbol.name.endswith(f".{BODY}"):
        return as_body(parse_text(text), split_lines(text))
    lines = split_lines(text)[symbol.range.first_line - 1 : symbol.range.last_line]
    if symbol.name.rpartition(".")[2].partition("~")[0] == LAMBDA:
        return _parse_lambda(lines, symbol)
    indented = bool(lines) and lines[0][:1] in (" ", "\t")
    head = "if 1:\n" if indented else ""
    tree = parse_text(head + "\n".join(lines))
    ast.increment_lineno(tree, symbol.range.first_line - 1 - bool(head))
    body = tree.body[0].body if indented and isinstance(tree.body[0], ast.If) else tree.body
    match body:
        case [(ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef()) as node, *_]:
            return node
    raise ValueError(f"{symbol.name} does not stand at {symbol.path}:{symbol.line}")


def as_body(tree: ast.Module, lines: Sequence[str]) -> ast.FunctionDef:
    """Write the code of a module as a function without a `def`, over the whole file."""
    nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    function = ast.FunctionDef(name=BODY, args=nothing, body=tree.body, decorator_list=[])
    last = max(len(lines) - (lines[-1:] == [""]), 1)  # a file ends in a newline
    function.lineno, function.col_offset = 1, 0
    function.end_lineno = last
    function.end_col_offset = len(lines[last - 1].encode()) if lines else 0
    return function


def as_function(node: ast.Lambda) -> ast.FunctionDef:
    """Write a lambda as the function that it is, at its own place."""
    result = ast.copy_location(ast.Return(node.body), node.body)
    function = ast.FunctionDef(name=LAMBDA, args=node.args, body=[result], decorator_list=[])
    return ast.copy_location(function, node)


def _parse_lambda(lines: list[str], symbol: Symbol) -> ast.FunctionDef:
    """Parse the text of a lambda's range, which stands somewhere in a statement's lines."""
    start, end = symbol.range.start, symbol.range.end
    if lines:
        lines[-1] = lines[-1][: end.column]
        before = len(lines[0][: start.column].encode())  # `ast` counts columns in bytes
        lines[0] = " " * before + lines[0][start.column :]
    match parse_text("(\n" + "\n".join(lines) + "\n)").body:
        case [ast.Expr(value=ast.Lambda() as node)]:
            ast.increment_lineno(node, symbol.range.first_line - 2)
            return as_function(node)
    raise ValueError(f"{symbol.name} does not stand at {symbol.path}:{symbol.line}")


def split_lines(text: str) -> list[str]:
    """Split as Python's tokenizer does: at LF, CR LF and CR, not at form feeds."""
    return _LINE_END.split(text) if "\r" in text else text.split("\n")


def range_of(
    node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler, lines: Sequence[str]
) -> Range:
    """Return a node's range; `ast` counts columns in UTF-8 bytes, srcread in characters."""
    end_line = node.end_lineno or node.lineno
    end_column = node.end_col_offset if node.end_col_offset is not None else node.col_offset
    return Range(
        Position(node.lineno, characters(lines[node.lineno - 1], node.col_offset)),
        Position(end_line, characters(lines[end_line - 1], end_column)),
    )


def characters(line: str, utf8_offset: int) -> int:
    """Return a column in characters; `ast` and the compiler count in bytes of UTF-8."""
    if line.isascii():
        return utf8_offset
    return len(line.encode()[:utf8_offset].decode(errors="replace"))


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector off inside, where it was on.

    What was made meanwhile goes to the oldest generation at once, by way of the frozen one: else
    the next young collection would look through all of it, which takes 0.1 s for a tour of torch.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def parse_text(text: str) -> ast.Module:
    """Parse a text; whatever `ast.parse` raises is the caller's affair."""
    with uncollected(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in read source are not our findings
        return ast.parse(text)
