"""Where uv is configured to look, what an index may answer, and who is named in messages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.index_example import Indexes, indexes
from support.story_example import ROOT

from srcread.errors import NotFoundError, SourceError
from srcread.sources import fetch, open_distribution
from srcread.sources.uv_config import read_uv_settings

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uv's files have other places on Windows")


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Indexes]:
    """Indexes at /main, /first and so on; /main is uv's default, and the store is empty."""
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "system"))
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NETRC", os.devnull)
    with indexes() as running:
        monkeypatch.setenv("UV_DEFAULT_INDEX", running.address("main"))
        yield running


def _asked(served: Indexes) -> list[str]:
    with pytest.raises(NotFoundError):
        fetch("demo-pkg")
    return served.asked


def _write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def _listed(address: str, more: str = "") -> str:
    return f'[[index]]\nurl = "{address}"\n{more}\n'


def test_a_wheel_is_read_from_uvs_default_index(served: Indexes) -> None:
    served.offer("main")
    assert fetch("demo-pkg").version == "1.0"


def test_variables_are_asked_first_then_the_projects_users_and_systems_files(
    served: Indexes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX")
    monkeypatch.setenv("UV_INDEX", f"named={served.address('a')} {served.address('b')}")
    monkeypatch.setenv("UV_EXTRA_INDEX_URL", served.address("c"))
    default = _listed(served.address("main"), "default = true")
    _write(tmp_path / "pyproject.toml", default.replace("[[index", "[[tool.uv.index"))
    _write(tmp_path / "home/.config/uv/uv.toml", default + _listed(served.address("user")))
    extra = f'extra-index-url = ["{served.address("extra")}"]\n'
    _write(tmp_path / "system/uv/uv.toml", extra + _listed(served.address("system")))
    assert _asked(served) == ["a", "b", "c", "user", "system", "extra", "main"]


def test_a_project_file_beside_pyproject_hides_it_and_one_without_table_hides_nothing(
    served: Indexes, tmp_path: Path
) -> None:
    _write(tmp_path / "work/pyproject.toml", "[tool.black]\n")
    table = _listed(served.address("hidden")).replace("[[index", "[[tool.uv.index")
    _write(tmp_path / "pyproject.toml", table)
    _write(tmp_path / "uv.toml", _listed(served.address("project")))
    assert _asked(served) == ["project", "main"]


def test_the_pip_table_wins_over_the_same_key_outside_it(
    served: Indexes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX")
    text = f'index-url = "{served.address("top")}"\n[pip]\nindex-url = "{served.address("pip")}"\n'
    monkeypatch.setenv("UV_CONFIG_FILE", _write(tmp_path / "mine.toml", text))
    _write(tmp_path / "uv.toml", _listed(served.address("replaced")))
    assert _asked(served) == ["pip"]


def test_explicit_indexes_and_later_ones_of_a_name_are_not_asked(
    served: Indexes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UV_INDEX", f"corp={served.address('mine')}/")
    text = _listed(served.address("theirs"), 'name = "corp"')
    _write(tmp_path / "uv.toml", text + _listed(served.address("pinned"), "explicit = true"))
    assert _asked(served) == ["mine", "main"]


def test_the_first_index_that_has_the_name_decides(
    served: Indexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX", served.address("first"))
    served.offer("main")
    served.pages["first"] = '<a href="demo_pkg-0.9.tar.gz">demo_pkg-0.9.tar.gz</a>'
    with pytest.raises(NotFoundError, match=r"\(UV_INDEX\), whose page lists 1 file and no wheel"):
        fetch("demo-pkg")
    assert served.asked == ["first"]
    monkeypatch.setenv("UV_INDEX_STRATEGY", "unsafe-best-match")
    assert fetch("demo-pkg").version == "1.0"


@pytest.mark.parametrize("status", [401, 403, 500])
def test_an_index_that_refuses_stops_the_search_and_is_named(
    served: Indexes, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("UV_INDEX", served.address("first"))
    served.statuses["first"] = status
    served.offer("main")
    with pytest.raises(SourceError, match=rf"/first/demo-pkg/ \(UV_INDEX\) answered {status}\."):
        fetch("demo-pkg")
    assert served.asked == ["first"]


def test_a_status_that_a_file_ignores_counts_as_missing(served: Indexes, tmp_path: Path) -> None:
    ignoring = _listed(served.address("first"), "ignore-error-codes = [403]")
    _write(tmp_path / "home/.config/uv/uv.toml", ignoring)
    served.statuses["first"] = 403
    served.offer("main")
    assert fetch("demo-pkg").version == "1.0"


def test_a_page_for_people_is_said_to_list_no_file(served: Indexes) -> None:
    served.pages["main"] = "<!DOCTYPE html><title>Please log in</title>"
    with pytest.raises(
        NotFoundError, match=r"/main/demo-pkg/ \(UV_DEFAULT_INDEX\), whose page lis"
    ):
        fetch("demo-pkg")


def test_a_name_is_suggested_only_where_an_index_answered(
    served: Indexes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'pytest'"):
        open_distribution("pytestt")
    served.statuses["main"] = 503
    with pytest.raises(SourceError) as refused:
        open_distribution("pytestt")
    monkeypatch.delenv("UV_DEFAULT_INDEX")
    place = _write(tmp_path / "uv.toml", "no-index = true\n")
    with pytest.raises(SourceError, match="no index may be asked: no-index in") as disabled:
        open_distribution("pytestt")
    assert place in str(disabled.value)
    assert "Did you mean" not in f"{refused.value}{disabled.value}"


def test_a_folder_may_be_an_index_and_a_relative_one_lies_beside_its_file(
    served: Indexes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = _write(tmp_path / "simple/demo-pkg/index.html", "")
    served.offer("x", served.address("files") + "/demo_pkg-1.0-py3-none-any.whl")
    Path(page).write_text(served.pages["x"])
    _write(tmp_path / "uv.toml", _listed("./simple/"))
    assert fetch("demo-pkg").version == "1.0"
    assert served.asked == []
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "another"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", (tmp_path / "simple").as_uri() + "/")
    (tmp_path / "uv.toml").unlink()
    assert fetch("demo-pkg").version == "1.0"


@pytest.mark.parametrize("address", ["http://[bad", "gopher://host/simple", "http://:x/simple"])
def test_an_address_that_is_none_is_an_error_that_names_its_variable(
    served: Indexes, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", address)
    with pytest.raises(SourceError, match=r"\(UV_DEFAULT_INDEX\) cannot be"):
        fetch("demo-pkg")


def test_variables_in_a_files_values_are_not_expanded(
    served: Indexes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INDEX", "secret")
    place = _write(tmp_path / "uv.toml", _listed(served.address("${INDEX}")))
    with pytest.raises(NotFoundError) as caught:
        fetch("demo-pkg")
    assert f"/${{INDEX}}/demo-pkg/ ([[index]] in {place!r})" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("index = [", "Invalid value"),
        ("index = 'x'", "'index' must be a list"),
        ("[[index]]\nname = 'x'", "'url' must be a text"),
        ("index = ['x']", "'index' must be a table"),
        ("index-url = 1", "'index-url' must be a text"),
        ("find-links = 'x'", "'find-links' must be a list"),
        ("pip = 1", "'pip' must be a table"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str, problem: str) -> None:
    place = _write(tmp_path / "uv.toml", text)
    with pytest.raises(SourceError, match=problem) as caught:
        read_uv_settings({"HOME": "/nowhere", "XDG_CONFIG_DIRS": "/nowhere"}, tmp_path)
    assert f"uv's configuration {place!r} is broken" in str(caught.value)


def test_a_login_reaches_the_index_and_its_files_and_no_message_or_file(
    served: Indexes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", served.address("main", "user:secret@"))
    served.statuses["main"] = 403
    with pytest.raises(SourceError) as caught:
        fetch("demo-pkg")
    assert "secret" not in str(caught.value)
    del served.statuses["main"]
    served.offer("main", served.address("files") + "/demo_pkg-1.0-py3-none-any.whl")
    fetch("demo-pkg")
    assert served.logins == {"main": "Basic dXNlcjpzZWNyZXQ=", "wheel": "Basic dXNlcjpzZWNyZXQ="}
    kept = [path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept and not any(b"secret" in data for data in kept)


def test_a_login_of_an_index_is_not_sent_to_another_host(
    served: Indexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", served.address("main", "user:secret@"))
    elsewhere = served.address("files").replace("127.0.0.1", "localhost")
    served.offer("main", f"{elsewhere}/demo_pkg-1.0-py3-none-any.whl")
    fetch("demo-pkg")
    assert served.logins["wheel"] is None


@pytest.mark.parametrize("named", [True, False])
def test_a_login_comes_from_netrc_or_from_the_variables_of_a_named_index(
    served: Indexes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: bool
) -> None:
    served.offer("main")
    if named:
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"my-corp={served.address('main')}")
        monkeypatch.setenv("UV_INDEX_MY_CORP_USERNAME", "user")
        monkeypatch.setenv("UV_INDEX_MY_CORP_PASSWORD", "secret")
    else:
        text = "machine 127.0.0.1 login user password secret\n"
        monkeypatch.setenv("NETRC", _write(tmp_path / "netrc", text))
    fetch("demo-pkg")
    assert served.logins["main"] == "Basic dXNlcjpzZWNyZXQ="


def test_an_address_without_scheme_is_taken_for_a_folder_and_its_login_is_not_shown(
    served: Indexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "user:secret@host/simple")
    with pytest.raises(NotFoundError, match=r"in host/simple/demo-pkg/ \(UV_DEFAULT_INDEX\)\."):
        fetch("demo-pkg")


@pytest.fixture(scope="module")
def bare_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter of an environment that uv made: srcread with what it imports, and no pip."""
    if find_spec("uv") is None:
        pytest.skip("uv is not installed")
    folder = tmp_path_factory.mktemp("uv") / "venv"
    command = [sys.executable, "-m", "uv", "venv", "--offline", "--quiet", "--no-config"]
    subprocess.run([*command, "--python", sys.executable, folder], check=True, timeout=60)
    packages = next((folder / "lib").glob("python*")) / "site-packages"
    left_out = ("pip", "uv", "_virtualenv", "__", "demo")
    for place in filter(lambda path: path.endswith("site-packages"), sys.path):
        for item in Path(place).iterdir():
            taken = not item.name.startswith(left_out) and item.suffix != ".pth"
            if taken and not (packages / item.name).exists():
                (packages / item.name).symlink_to(item)
    (packages / "srcread.pth").write_text(str(ROOT))
    return folder / "bin" / "python"


def _on_it(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-I", *arguments], cwd=folder, capture_output=True, text=True, timeout=60
    )


def test_an_environment_of_uvs_reads_from_uvs_index_without_pip(
    served: Indexes, bare_environment: Path, tmp_path: Path
) -> None:
    assert "No module named" in _on_it(bare_environment, tmp_path, "-c", "import pip").stderr
    served.offer("main")
    command = ("-m", "srcread", "read", "demo_pkg:halve", "-o", "site")
    done = _on_it(bare_environment, tmp_path, *command)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "index.html").is_file()
    failed = _on_it(bare_environment, tmp_path, "-m", "srcread", "fetch", "lacking==2.0")
    assert failed.stderr.startswith(
        "srcread: No distribution 'lacking' with a wheel was found in "
        f"{served.address('main')}/lacking/ (UV_DEFAULT_INDEX)"
    )


def test_without_an_index_in_reach_such_an_environment_is_told_uvs_command(
    served: Indexes, bare_environment: Path, tmp_path: Path
) -> None:
    served.statuses["main"] = 503
    failed = _on_it(bare_environment, tmp_path, "-m", "srcread", "fetch", "demo-pkg==1.0")
    assert "answered 503. Run `uv pip install demo-pkg==1.0`, or" in failed.stderr
