"""Wrong and unusual arguments of `graph` and `read`: limits, places of calls, what ends early."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.story_example import srcread, write

NET = "def run(x):\n    return act(x)\ndef act(x):\n    return x\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--seconds", "nan"), "'nan' is no number of seconds"),
        (("--seconds", "-nan"), "'-nan' is no number of seconds"),
        (("--seconds", "0"), "x>0"),
        (("--more", "--functions", "3"), "Leave it out, or --functions."),
        (("--why", "net.py:2", "--json"), "Leave out --json, or --why."),
        (("--why", "net.py"), "'net.py' is no place of a call"),
        (("--why", "net.py:2:x"), "'net.py:2:x' is no place of a call"),
        (("--why", "net.py:٢"), "'net.py:٢' is no place of a call"),
    ],
)
def test_options_that_say_nothing_or_two_things_are_refused(
    here: Path, arguments: tuple[str, ...], said: str
) -> None:
    write(here, {"net.py": NET})
    result = srcread("graph", "net.py", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    "place", ["net.py:2", "./net.py:2", "net.py:2:5", "../work/net.py:2", "{here}/net.py:2"]
)
def test_a_place_is_found_by_any_path_to_its_file(here: Path, place: str) -> None:
    write(here, {"net.py": NET})
    result = srcread("graph", "net.py", "--why", place.format(here=here))
    assert "reaches net.act" in result.stdout


def test_a_folder_that_takes_longer_than_its_time_is_a_part_and_no_crash(here: Path) -> None:
    write(here, {f"app/m{n}.py": "def f():\n    g()\ndef g(): pass\n" for n in range(300)})
    result = srcread("graph", "./app", "--seconds", "0.000001")
    assert result.exit_code == 0
    assert "This is a part, stopped after 1e-06 seconds." in result.stderr


def test_a_native_is_told_however_short_the_time(here: Path) -> None:
    write(here, {"app/pkg/__init__.py": "", "app/pkg/c.pyi": "def fast(x: int) -> int: ...\n"})
    assert "pkg.c.fast  native" in srcread("graph", "./app:pkg.c:fast", "--seconds", "1e-9").stdout


def test_a_site_of_a_walk_that_came_to_no_function_is_refused_as_such(here: Path) -> None:
    write(here, {f"app/m{n}.py": "def f():\n    g()\ndef g(): pass\n" for n in range(300)})
    result = srcread("read", "./app", "--seconds", "0.000001")
    assert "native" not in result.stderr
    assert result.exit_code == 0 or "stopped after 1e-06 seconds, before its first" in result.stderr


def test_the_command_to_go_on_with_can_be_typed_as_it_is(here: Path) -> None:
    write(here, {"net.py": "def run():\n    act()\ndef act(): pass\nrun()\n"})
    result = srcread("graph", "net.py:<module>", "--functions", "1")
    assert "srcread graph 'net.py:<module>' --more" in result.stderr


def test_the_command_to_go_on_with_repeats_all_that_was_given_but_the_limits(here: Path) -> None:
    write(here, {"net.py": "def run():\n    act()\ndef act(): pass\n", "own.toml": ""})
    given = ("--idioms", "own.toml", "--depth", "2", "--idioms", "own.toml", "--json")
    result = srcread("graph", "net.py:run", "--functions", "1", *given, "--seconds", "9")
    again = "srcread graph net.py:run --json --depth 2 --idioms own.toml --idioms own.toml --more"
    assert result.stderr.splitlines()[0].endswith(f"For all of it: {again}")
    result = srcread("read", "net.py:run", "-o", "a site", "--functions", "1")
    assert "For all of it: srcread read net.py:run --out 'a site' --more" in result.stderr
