"""A Jupyter notebook as Python source: its cells one below the other, as a script would be.

    # %% [1]
    import torch
    # %matplotlib inline

A cell begins with a line `# %% [number]`, counted from 1 over all cells; text is commented out.
What IPython understands and Python does not is told apart as IPython does, at the beginnings of
statements only: a magic, a shell command or a question is commented out, where a block needs a
statement behind `pass`; the statement behind `%time`, `%timeit` and `%prun` is kept. A result that
a command gives (`files = !ls`) is a call of `get_ipython()`, of which nothing is known. Cells of
another language (`%%bash`), and those that are no Python, are commented out as a whole; the latter
are reported. Rules: IPython 9, "Built-in magic commands"; nbformat 4.5.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from srcread.errors import SourceError

_PYTHON_CELLS = frozenset(("capture", "prun", "time", "timeit"))
"""Cell magics whose cells are Python of the notebook's own."""

_TIMED = re.compile(r"(\s*)%{1,2}(?:time|timeit|prun)\s+(?!-)(\S.*)")
_LINE = re.compile(r"\s*(?:[%!?]|[\w.]+\?{1,2}\s*$)")
_GIVEN = re.compile(r"(\s*[\w.,\[\] ]+=\s*)([%!])(?![=])\s*(.+)")
_CELL = re.compile(r"%%(\w+)")
_MOST_BYTES = 100_000_000  # results count, too: a notebook full of plots has some ten millions
_MOST_PARSED = 100_000
_PARSE_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Script:
    """A notebook's code as one text, and the cells that are no Python: a line of it, and why."""

    text: str
    unread: tuple[tuple[int, str], ...]


def script_of(data: bytes, place: str) -> Script:
    """Return the code of a notebook; `place` names it in an error.

    For example, a notebook of one cell `x = 1` gives the lines `# %% [1]` and `x = 1`.

    Raises:
        SourceError: it is no notebook, or one of another language.
    """
    lines: list[str] = []
    unread: list[tuple[int, str]] = []
    for number, (kind, source) in enumerate(_cells(data, place), 1):
        if kind != "code":
            lines += [f"# %% [{number}] {kind}", *_commented(source)]
            continue
        head = len(lines) + 1
        try:
            code = _python(source)
            if len(code) <= _MOST_PARSED:  # beyond, it is tried with limits as a part of the whole
                ast.parse(code)
        except _PARSE_ERRORS as error:
            why = getattr(error, "msg", None) or str(error) or type(error).__name__
            unread.append((head, f"cell {number} is no Python: {why}"))
            lines += [f"# %% [{number}] not read: it is no Python", *_commented(source)]
        else:
            lines += [f"# %% [{number}]", *code.split("\n")]
    return Script("".join(f"{line}\n" for line in lines), tuple(unread))


def module_name(stem: str) -> str:
    """Return the name under which a notebook's code is a module, as `n01_model` for 01-model."""
    name = re.sub(r"\W", "_", stem)
    return name if name.isidentifier() else f"n{name}"


def _cells(data: bytes, place: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each cell."""
    content = _content(data, place)
    found = content.get("metadata")
    metadata: dict[str, Any] = found if isinstance(found, dict) else {}
    for key, part in (("language_info", "name"), ("kernelspec", "language")):
        told = metadata.get(key)
        language = told.get(part) if isinstance(told, dict) else None
        if isinstance(language, str) and language.lower() not in ("python", "ipython"):
            raise SourceError(f"{place} is a notebook in {language}. srcread reads Python.")
    for cell in content["cells"]:
        source = cell.get("source", "") if isinstance(cell, dict) else ""
        parts = source if isinstance(source, list) else [source]
        text = "".join(part for part in parts if isinstance(part, str))
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        yield kind if kind in ("code", "markdown", "raw") else "raw", _one_line_ends(text)


def _content(data: bytes, place: str) -> dict[str, Any]:
    if len(data) > _MOST_BYTES:
        most = f"{_MOST_BYTES // 1_000_000} MB"
        raise SourceError(f"{place} has more than {most}. Clear its outputs.")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{place} is no notebook: it is no JSON ({error}).") from error
    if isinstance(content, dict) and isinstance(content.get("cells"), list):
        return content
    if isinstance(content, dict) and "worksheets" in content:
        raise SourceError(f"{place} is of nbformat 3. Upgrade it: jupyter nbconvert --to notebook")
    raise SourceError(f"{place} is no notebook: it has no list of cells.")


def _python(source: str) -> str:
    """Return a cell's text as Python, line for line."""
    text = source.rstrip("\n")
    magic = _CELL.match(text)
    if magic is not None:
        first, _, rest = text.partition("\n")
        if magic[1] not in _PYTHON_CELLS:
            return "\n".join(_commented(text))
        text = f"# {first}\n{rest}" if rest else f"# {first}"
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if (_LINE.match(line) or _GIVEN.match(line)) and _begins_statement(lines[:at]):
            lines[at] = _without_magic(line)
    return "\n".join(lines)


def _without_magic(line: str) -> str:
    """Return what stands for a line that Python does not understand."""
    if (timed := _TIMED.fullmatch(line)) is not None:
        return f"{timed[1]}{timed[2]}"
    if (given := _GIVEN.fullmatch(line)) is not None:
        way = "getoutput" if given[2] == "!" else "magic"
        return f"{given[1]}get_ipython().{way}({given[3]!r})"
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass  # {line.lstrip()}" if indent else f"# {line}"


def _begins_statement(before: list[str]) -> bool:
    """Tell whether a statement begins below these lines: no bracket, string or line is open."""
    if not before:
        return True
    if before[-1].endswith("\\"):
        return False
    reader = io.StringIO("".join(f"{line}\n" for line in before)).readline
    try:
        for _ in tokenize.generate_tokens(reader):
            pass
    except tokenize.TokenError:
        return False
    except SyntaxError:  # its indentation is wrong: the whole cell will be told
        return True
    return True


def _commented(text: str) -> list[str]:
    return [f"# {line}".rstrip() for line in text.split("\n")] if text else []


def _one_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
