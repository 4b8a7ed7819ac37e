"""A script of the reader's, before it runs: its text, title, what of it is run, what it sees."""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from srcread.errors import NotFoundError, SrcreadError, near_path
from srcread.index import Index
from srcread.model import OWN_ORIGINS, Distribution
from srcread.opening.meaning import Entry
from srcread.running.plan import OwnFiles
from srcread.support.files import read_plain

_IS_MAIN = re.compile(r"__name__ == '__main__'|'__main__' == __name__")
_DEFINED = (
    "{{k: v for k, v in vars(__import__({module!r}, None, None, ['_'])).items() if k[:2] != '__'}}"
)
"""What a module defines, as a text of Python."""


def text_of(script: Path) -> str:
    """Return the text of a script.

    Raises:
        SrcreadError: there is no such file, or it cannot be read or parsed.
    """
    try:
        text = read_plain(script).decode("utf-8")
        ast.parse(text)
    except FileNotFoundError:
        raise NotFoundError(f"There is no script {str(script)!r}.{near_path(script)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SrcreadError(f"{str(script)!r} cannot be read: {error}.") from None
    except SyntaxError as error:
        raise SrcreadError(
            f"{str(script)!r} cannot be parsed, line {error.lineno}: {error.msg}."
        ) from None
    return text


def title_of(text: str, script: Path) -> str:
    """Return the first line of what a script says of itself, or its name."""
    said = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0].strip().rstrip(".")
    return said or script.name


def module_at(script: Path, index: Index, entry: Entry) -> str | None:
    """Return the module of an entry that the script itself is, if so."""
    for name in entry.names:
        module = index.module(name.partition(":")[0])
        root = entry.distribution.root
        if module is not None and (root / module.file.path).resolve() == script.resolve():
            return module.name
    return None


def main_part(text: str, module: str, script: Path) -> str:
    """Return what a file runs as a script, at its lines, with what it defines taken from a module.

    So the functions that run are the module's own, which can be watched.

    Raises:
        SrcreadError: the file has no part that runs only then.
    """
    for node in ast.parse(text).body:
        if not (isinstance(node, ast.If) and _IS_MAIN.fullmatch(ast.unparse(node.test))):
            continue
        first, last = node.body[0], node.body[-1]
        taken = f"if [globals().update({_DEFINED.format(module=module)})]:"
        if first.lineno == node.lineno:
            inside = text.splitlines()[first.lineno - 1].encode()[first.col_offset :].decode()
            return "\n" * (first.lineno - 1) + f"{taken} {inside}\n"
        lines = text.splitlines()[first.lineno - 1 : last.end_lineno]
        return "\n" * (first.lineno - 2) + "\n".join([taken, *lines, ""])
    raise SrcreadError(
        f"{script.name} is the entry's own file, and has no part under "
        "`if __name__ == '__main__':`. Put what makes and calls the model there, or into a file of "
        "its own."
    )


def own_files(
    script: Path, arguments: Sequence[str], data: Sequence[Path], ours: Distribution
) -> OwnFiles:
    """Let a script see its own folder and the entry's, as Python and the reader would expect.

    It works where the reader is, if that is among what it sees.
    """
    script, here = script.absolute(), Path.cwd()
    roots = [script.parent, *([ours.root.absolute()] if ours.origin in OWN_ORIGINS else [])]
    seen = [*(path for root in roots for path in _in_sight(root)), *data]
    readable = dict.fromkeys(str(path.absolute()) for path in seen)
    return {
        "importable": list(dict.fromkeys(map(str, roots))),
        "readable": list(readable),
        "folder": str(here if any(map(here.is_relative_to, readable)) else script.parent),
        "script": str(script),
        "arguments": list(arguments),
    }


def _in_sight(folder: Path) -> Iterable[Path]:
    """Return what a script sees of a folder: all, but of a home, or one around it, its modules."""
    apart = (Path.home(), Path(tempfile.gettempdir()))
    if any(each.is_relative_to(folder) for each in apart):
        return folder.glob("*.py")
    return [folder]
