"""Generated front matter: what srcread writes reads back, and any text is read or a finding."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.generated import tried

from srcread.model import Diagnostic
from srcread.notes.format.codes import RULES
from srcread.notes.format.frontmatter import Document, Toml, read_document, read_toml
from srcread.notes.format.tour import read_tour
from srcread.notes.format.translation import with_source_digest
from srcread.notes.scaffold import new_note

NOTE = Path("one.md")
WORDS = st.text(min_size=1, max_size=20)
PIECES = st.sampled_from(
    [
        *("+++\n", "\n", "title", "symbol = ", "also", "[", "]", "[[", "]]", "{", "}", ".", ","),
        *("=", '"', "'", '"""', "'''", "#", "\\", "\\u0041", "\\ud800", "1979-05-27", "true", "é"),
        *("distributions", "languages", "chapter", 'x = "a"\n', "[claims]\n", "\ufeff", "\r", "\0"),
    ]
)
TEXTS = st.text(max_size=60) | st.lists(PIECES, max_size=25).map("".join)

STRINGS = st.sampled_from(
    [
        *('"a"', "'a'", '""', "''", '"\\""', '"a # b"', "'a = b'", "'[x]'", "'\\'", '"\\\\"'),
        *('"""\na"b""c\n[x]\ny = 1\n"""', "'''\na'b''c\n[x]\n'''", '""""a"""""', "''''a'''''"),
        *(
            '"""\\\n  a"""',
            '"""a\\""""',
            "'''a\\'''",
            '""""""',
            "1.5",
            "1979-05-27 07:32:00",
            "inf",
        ),
    ]
)


@st.composite
def values(draw: st.DrawFn, depth: int = 2) -> str:
    """Return a TOML value: a text of any kind, a number, a list over lines, a table in one."""
    shape = draw(st.sampled_from(["text", "text", "list", "table"])) if depth else "text"
    inner = draw(st.lists(values(depth - 1), max_size=3)) if shape != "text" else []
    if shape == "list":
        comma = draw(st.sampled_from([", ", ",\n  # ]\n", "\n,"]))
        return f"[{comma.join(inner)}]"
    if shape == "table" and not any("\n" in value for value in inner):
        return "{ " + ", ".join(f'"k{n}" = {value}' for n, value in enumerate(inner)) + " }"
    return draw(STRINGS)


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Return a TOML text whose keys are all different, in tables and in lists of tables."""
    lines = []
    for number in range(draw(st.integers(0, 8))):
        key = draw(st.sampled_from(["k{}", "'k {}'", '"k\\u0041{}"', "k{}.x", 'k{} . "y z"']))
        head = draw(
            st.sampled_from(["", "", "", "[t{}]", "[[many]]", "[ 't{}' . x ]", "[[many.in]]"])
        )
        if head == "[[many.in]]" and "[[many]]" not in lines:
            head = "[[many]]"
        lines.append(head.format(number))
        equals = draw(st.sampled_from(["=", " = ", "\t=\t"]))
        comment = draw(st.sampled_from(["", "  # it's = [x]"]))
        lines.append(key.format(number) + equals + draw(values()) + comment)
        lines.append(draw(st.sampled_from(["", "# \"'[[x]] = '''", "   "])))
    return "\n".join(lines)


@tried(200)
@given(WORDS, WORDS, st.none() | WORDS)
def test_a_new_note_reads_back_as_it_was_begun(title: str, symbol: str, at: str | None) -> None:
    text = new_note(Path(), "one", symbol, at, title)[NOTE]
    document = read_document(NOTE, text)
    assert isinstance(document, Document)
    expected = {"title": title, "symbol": symbol} | ({"at": at} if at else {})
    assert document.head.values == expected
    assert document.body.startswith("TODO")


@tried(300)
@given(tables(), st.sampled_from(["", 'source_digest = ""', 'source_digest = """\na\n"""  # b']))
def test_a_source_digest_is_written_and_all_else_stays(table: str, before: str) -> None:
    text = f"+++\n{before}\n{table}\n+++\nA body.\n"
    old = read_document(NOTE, text)
    new = read_document(NOTE, with_source_digest(NOTE, text, "n1:0"))
    assert isinstance(old, Document) and isinstance(new, Document)
    assert new.head.values == {**old.head.values, "source_digest": "n1:0"}
    assert new.body == old.body


@tried(300)
@given(tables())
def test_a_keys_line_is_that_of_the_statement_that_brings_it(table: str) -> None:
    toml = read_toml(NOTE, table, "NOTE006")
    assert isinstance(toml, Toml)
    lines = table.split("\n")
    assert set(toml.values) == {path[0] for path in toml.lines.lines}
    for path, line in toml.lines.lines.items():
        assert not _has(tomllib.loads("\n".join(lines[: line - 1])), path)
        assert _has(next(_readable(lines, line)), path)


@tried(500)
@given(TEXTS)
def test_any_text_is_a_document_or_one_finding(text: str) -> None:
    document = read_document(NOTE, text)
    if isinstance(document, Diagnostic):
        assert document.code in RULES and "\n" not in str(document)
    else:
        assert document.body_line >= document.head.lines.first


@tried(200)
@given(TEXTS, TEXTS, TEXTS)
def test_any_texts_in_a_tours_files_are_read_or_findings(
    tmp_path_factory: pytest.TempPathFactory, tour: str, keys: str, snippet: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "a-tour"
    folder.mkdir(exist_ok=True)
    files = {"tour.toml": tour, "one.md": f"+++\n{keys}\n+++\nA body.", "one.py": snippet}
    for name, text in files.items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    for one in read_tour(folder)[1]:
        lines = len(files.get(Path(one.path).name, "").encode("utf-8", "replace").splitlines()) + 2
        assert one.code in RULES and 0 <= one.line <= lines + 1
        json.dumps(str(one))


def _has(value: object, path: tuple[str | int, ...]) -> bool:
    for key in path:
        match value, key:
            case Mapping(), str() if key in value:
                value = value[key]
            case list(), int() if key < len(value):
                value = value[key]
            case _:
                return False
    return True


def _readable(lines: list[str], first: int) -> Iterator[Mapping[str, object]]:
    """Yield what the first so many lines say, wherever they are TOML."""
    for end in range(first, len(lines) + 1):
        try:
            yield tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
