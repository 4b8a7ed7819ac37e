"""Text to syntax trees, by `ast`: a bad file costs one diagnostic, never the run.

`ast` and not libcst, because reading torch by libcst takes 8-9 times as long and its parser dies on
5,000 nested parentheses. The garbage collector is off while trees are built and walked: it only
ever finds that they are alive, and costs a third of the time.
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

_LINE_END = re.compile(r"\r\n|\r|\n")


def parse(file: SourceFile) -> ast.Module | Diagnostic:
    """Parse a whole file, or say in a diagnostic why it cannot be parsed."""
    try:
        return parse_text(file.text)
    except SyntaxError as error:
        line, problem = error.lineno or 0, error.msg
    except (ValueError, RecursionError, MemoryError) as error:
        line, problem = 0, str(error) or "nested too deeply"
    return Diagnostic(
        path=f"{file.distribution}:{file.path}",
        line=line,
        code="SRC001",
        message=f"Python {sys.version_info.major}.{sys.version_info.minor} cannot parse this file: "
        f"{problem}.",
        hint="It is left out; a newer Python may read it.",
        severity=Severity.WARNING,
    )


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
    lines = split_lines(text)[symbol.range.first_line - 1 : symbol.range.last_line]
    indented = bool(lines) and lines[0][:1] in (" ", "\t")
    head = "if 1:\n" if indented else ""
    tree = parse_text(head + "\n".join(lines))
    ast.increment_lineno(tree, symbol.range.first_line - 1 - bool(head))
    body = tree.body[0].body if indented and isinstance(tree.body[0], ast.If) else tree.body
    match body:
        case [(ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef()) as node, *_]:
            return node
    raise ValueError(f"{symbol.name} does not stand at {symbol.path}:{symbol.line}")


def split_lines(text: str) -> list[str]:
    """Split as Python's tokenizer does: at LF, CR LF and CR, not at form feeds."""
    return _LINE_END.split(text)


def range_of(
    node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler, lines: Sequence[str]
) -> Range:
    """Return a node's range; `ast` counts columns in UTF-8 bytes, srcread in characters."""
    end_line = node.end_lineno or node.lineno
    end_column = node.end_col_offset if node.end_col_offset is not None else node.col_offset
    return Range(
        Position(node.lineno, _characters(lines[node.lineno - 1], node.col_offset)),
        Position(end_line, _characters(lines[end_line - 1], end_column)),
    )


def _characters(line: str, utf8_offset: int) -> int:
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
