"""What is told of imports that are not here: distributions by their own names, never strangers."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.story_example import srcread, write


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, which is the current folder, and beside it an empty environment."""
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    (tmp_path / "env" / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
    work = tmp_path / "work"
    write(work, {"pyproject.toml": ""})
    monkeypatch.chdir(work)
    return work


def told(here: Path, code: str) -> str:
    write(here, {"own.py": f"{code}\n\n\ndef go():\n    return 1\n"})
    result = srcread("graph", "own.py:go", "--python", "../env")
    assert result.exit_code == 0, result.output
    return result.stderr.partition("SRC003 ")[2].rstrip()


@pytest.mark.parametrize(
    ("package", "distribution"),
    [
        ("PIL", "Pillow"),
        ("sklearn", "scikit-learn"),
        ("yaml", "PyYAML"),
        ("cv2", "opencv-python"),
        ("skimage", "scikit-image"),
        ("bs4", "beautifulsoup4"),
        ("absent", "absent"),
    ],
)
def test_a_distribution_is_offered_by_its_own_name(
    here: Path, package: str, distribution: str
) -> None:
    assert told(here, f"import {package}") == (
        f"Imported, but neither installed nor in the store: {package}. "
        f"To read it too: srcread fetch {distribution}"
    )


def test_at_most_three_are_named_and_the_others_counted(here: Path) -> None:
    assert told(here, "import aa, bb, cc, dd, ee") == (
        "Imported, but neither installed nor in the store: aa, bb, cc and 2 more. To read them too:"
        " srcread fetch aa && srcread fetch bb && srcread fetch cc (and 2 more)"
    )


@pytest.mark.parametrize("place", ["deep/er/mine.py", "deep/mine/x.py", "mine/x/y.py"])
def test_what_lies_anywhere_in_the_checkout_is_never_offered(here: Path, place: str) -> None:
    write(here, {place: ""})
    assert "fetch mine" not in told(here, "import mine\nimport absent")
    assert "fetch absent" in told(here, "import mine\nimport absent")


def test_where_only_own_modules_are_not_found_their_folder_is_asked_for(here: Path) -> None:
    write(here, {"deep/er/mine.py": ""})
    assert told(here, "import mine") == (
        "Imported, and not read, though in this checkout: mine. "
        "Where names begin in another folder, write it before a colon: ./FOLDER:module:Name"
    )


@pytest.mark.parametrize("package", ["utils", "model", "data", "config", "helpers", "google"])
def test_a_name_that_anybody_has_brings_no_stranger(here: Path, package: str) -> None:
    said = told(here, f"from {package} import x")
    assert said == f"Imported, but neither installed nor in the store: {package}."


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    import absent",
        "class A:\n    def f(self):\n        from absent import x",
        "try:\n    import absent\nexcept ImportError:\n    pass",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import absent",
        "def has(): return False\nif has():\n    import absent",
    ],
)
def test_an_import_that_the_module_can_do_without_is_not_told(here: Path, code: str) -> None:
    assert told(here, code) == ""


@pytest.mark.parametrize("package", ["utils", "acl", "apex"])
def test_an_entry_of_a_name_that_anybody_has_fetches_no_stranger(here: Path, package: str) -> None:
    result = srcread("graph", f"{package}.Net")
    assert result.exit_code == 2
    assert f"No package '{package}' is here, and its name tells no distribution" in result.stderr
    assert result.stderr.endswith(f"before a colon: ./FOLDER:{package}.Net\n")
