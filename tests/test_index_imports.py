"""What a file imports, by its text alone: all that parsing finds, or nothing is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from srcread.index import Index
from srcread.index.imports import imports_of, may_import
from srcread.sources import Sources, open_path


def _sources(root: Path, text: str) -> Sources:
    (root / "package" / "inner").mkdir(parents=True)
    (root / "package" / "__init__.py").touch()
    (root / "package" / "inner" / "__init__.py").write_text(text)
    return Sources([open_path(root / "package")])


def _may_import(root: Path, text: str) -> set[str] | None:
    file = _sources(root, text).find_module("package.inner")
    assert file is not None
    return may_import("package.inner", file)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a.b as c, d  # and e\n", {"a.b", "d"}),
        ("from a import (\n    b as c,  # import of b\n    d,\n)\n", {"a", "a.b", "a.d"}),
        ("from .x import y\n", {"package.inner.x", "package.inner.x.y"}),
        ("from .. import y", {"package", "package.y"}),
        ("try:\n    from a import *\nexcept ImportError:\n    import b\n", {"a", "b"}),
        ("# no import\nimportlib = reimport = 1\n", set()),
        ('"""Use it so:\n\n    import shown\n"""\n', {"shown"}),
    ],
)
def test_import_statements_are_found_in_the_text(
    tmp_path: Path, text: str, names: set[str]
) -> None:
    found = _may_import(tmp_path, text)
    assert found is not None and names <= found
    assert {name for name in found if not name.endswith((".as", ".c", ".import", ".of"))} == names


@pytest.mark.parametrize(
    "text",
    [
        "x = 1; import a\n",
        "try: import a\nexcept ImportError: pass\n",
        "from a import \\\n    b\n",
        "from a import (b,  # (both)\n    c)\n",
        '"""Whoever may import this."""\n',
        "from\\\n a import b\n",
        "import a\r\n",
    ],
)
def test_an_import_that_is_written_otherwise_is_left_to_parsing(tmp_path: Path, text: str) -> None:
    assert _may_import(tmp_path, text) is None


def test_the_text_of_our_own_files_tells_all_that_parsing_finds() -> None:
    sources = Sources([open_path(Path(__file__).parents[1] / "srcread")])
    index, told = Index(sources), 0
    for name in sources.modules("srcread"):
        module = index.module(name)
        assert module is not None
        found = may_import(name, module.file)
        parsed = {full for item in imports_of(module) for full in (item.module, *item.modules)}
        assert found is None or parsed <= found, name
        told += found is not None
    assert told > 100
