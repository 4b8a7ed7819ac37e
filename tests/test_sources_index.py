"""Which wheel: the same for everybody; and where pip is configured to look."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename

from srcread.errors import SourceError
from srcread.sources.configured_indexes import read_index_settings
from srcread.sources.index_pages import WheelLink
from srcread.sources.index_settings import IndexSettings
from srcread.sources.package_index import choose_wheel, nearest_versions
from srcread.sources.pip_config import read_pip_settings


def _link(filename: str, yanked: bool = False) -> WheelLink:
    _, version, _, tags = parse_wheel_filename(filename)
    return WheelLink(filename, version, tags, f"https://example.org/{filename}", None, yanked)


@pytest.mark.parametrize(
    ("chosen", "others"),
    [
        ("a-1-py3-none-any.whl", ["a-1-cp311-cp311-manylinux_2_28_x86_64.whl"]),
        ("a-1-py2.py3-none-any.whl", ["a-1-cp310-abi3-manylinux2014_x86_64.whl"]),
        (
            "a-1-cp311-cp311-manylinux_2_28_x86_64.whl",
            [
                "a-1-cp310-cp310-manylinux_2_28_x86_64.whl",
                "a-1-cp312-cp312-manylinux_2_28_x86_64.whl",
                "a-1-cp311-cp311-manylinux_2_28_aarch64.whl",
                "a-1-cp311-cp311-macosx_14_0_arm64.whl",
                "a-1-cp311-cp311-win_amd64.whl",
            ],
        ),
        (
            "a-1-cp314-cp314-manylinux_2_28_x86_64.whl",
            ["a-1-cp314-cp314t-manylinux_2_28_x86_64.whl", "a-1-cp313-cp313-win_amd64.whl"],
        ),
        (
            "a-1-cp310-cp310-manylinux_2_28_x86_64.whl",
            ["a-1-cp39-cp39-manylinux_2_28_x86_64.whl", "a-1-cp311-cp311-win_amd64.whl"],
        ),
        ("a-1-cp311-cp311-macosx_14_0_arm64.whl", ["a-1-cp311-cp311-win_amd64.whl"]),
        (
            "a-1-cp311-cp311-manylinux_2_28_x86_64.whl",
            ["a-1+cpu-cp311-cp311-manylinux_2_28_x86_64.whl"],
        ),
        ("a-1-py311-none-any.whl", ["a-1-py310-none-any.whl", "a-1-py312-none-any.whl"]),
    ],
)
def test_one_wheel_is_chosen_whatever_the_order(chosen: str, others: list[str]) -> None:
    links = [_link(name) for name in (chosen, *others)]
    assert choose_wheel(links, "a", "1").filename == chosen
    assert choose_wheel(reversed(links), "a", "1.0").filename == chosen


def test_a_yanked_wheel_counts_only_for_its_number_and_last() -> None:
    links = [_link("a-2-py3-none-any.whl", yanked=True), _link("a-1-py3-none-any.whl")]
    assert choose_wheel(links, "a", None).public_version == "1"
    assert choose_wheel(links, "a", "2").public_version == "2"
    links.append(_link("a-2-cp311-cp311-win_amd64.whl"))
    assert not choose_wheel(links, "a", "2").yanked


def test_a_prerelease_is_the_newest_only_where_there_is_nothing_else() -> None:
    pre, release = _link("a-2rc1-py3-none-any.whl"), _link("a-1-py3-none-any.whl")
    assert choose_wheel([pre, release], "a", None) == release
    assert choose_wheel([pre], "a", None) == pre


def test_the_nearest_versions_come_nearest_first() -> None:
    known = ["1.0", "2.12.0", "2.12.1", "2.13.0", "2.13.0rc1", "2.14.1", "3.0"]
    assert nearest_versions("2.13.1", known) == ["2.13.0", "2.13.0rc1", "2.12.1", "2.14.1"]
    assert nearest_versions("0.1", ["1.0"]) == ["1.0"]


def _settings(folder: Path, **variables: str) -> IndexSettings:
    """Read settings in a home of its own, away from this machine's files."""
    home = {"HOME": str(folder / "home"), "XDG_CONFIG_DIRS": str(folder / "shared")}
    return read_pip_settings({**home, **variables})


def _addresses(settings: IndexSettings) -> list[str]:
    return [index.address for index in settings.indexes]


def _named_by(settings: IndexSettings) -> list[str]:
    return [index.named_by for index in settings.indexes]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_no_configuration_means_pypi() -> None:
    settings = read_pip_settings({"PIP_CONFIG_FILE": os.devnull})
    assert _addresses(settings) == ["https://pypi.org/simple"]
    assert _named_by(settings) == ["the default of pip and uv"]


def test_an_empty_variable_configures_nothing(tmp_path: Path) -> None:
    empty = {"PIP_INDEX_URL": "", "PIP_EXTRA_INDEX_URL": " ", "PIP_NO_INDEX": ""}
    assert _addresses(_settings(tmp_path, **empty)) == ["https://pypi.org/simple"]


@pytest.mark.skipif(os.name == "nt", reason="pip's files have other places on Windows")
def test_variables_win_over_the_users_file_and_that_over_the_shared_one(tmp_path: Path) -> None:
    _write(
        tmp_path / "shared" / "pip" / "pip.conf",
        "[global]\nindex-url = https://shared/simple\nfind-links = /shared\n",
    )
    _write(
        tmp_path / "home" / ".config" / "pip" / "pip.conf",
        "[global]\nindex_url = https://user/simple/\ncert = /user.pem\ntimeout = 9\n"
        "extra-index-url =\n  https://b/s\n  https://c/s\n",
    )
    settings = _settings(tmp_path)
    assert _addresses(settings) == ["https://user/simple", "https://b/s", "https://c/s"]
    users = str(tmp_path / "home" / ".config" / "pip" / "pip.conf")
    assert _named_by(settings)[:2] == [f"index-url in {users!r}", f"extra-index-url in {users!r}"]
    assert (settings.certificates, settings.timeout) == ("/user.pem", 9.0)
    changed = _settings(tmp_path, PIP_INDEX_URL="https://env/simple", PIP_CERT="/env.pem")
    assert _addresses(changed)[0] == "https://env/simple"
    assert _named_by(changed)[0] == "PIP_INDEX_URL"
    assert changed.certificates == "/env.pem"


def test_a_named_file_replaces_the_users(tmp_path: Path) -> None:
    _write(tmp_path / "home" / ".config" / "pip" / "pip.conf", "[global]\nno-index = true\n")
    _write(tmp_path / "mine.conf", "[global]\nfind-links = /a /b\n[install]\nindex-url = x://y\n")
    settings = _settings(tmp_path, PIP_CONFIG_FILE=str(tmp_path / "mine.conf"))
    assert [place.address for place in settings.find_links] == ["/a", "/b"]
    assert _addresses(settings) == ["x://y"]


@pytest.mark.parametrize("text", ["index-url = x", "[global]\nno sense", "[global]\na=1\na=2\n"])
def test_a_broken_configuration_file_is_named(tmp_path: Path, text: str) -> None:
    _write(tmp_path / "mine.conf", text)
    with pytest.raises(SourceError, match=r"pip's configuration .*mine\.conf' is broken"):
        _settings(tmp_path, PIP_CONFIG_FILE=str(tmp_path / "mine.conf"))


def test_a_timeout_that_is_no_number_is_an_error() -> None:
    with pytest.raises(SourceError, match="timeout is not a number of seconds: 'soon'"):
        read_pip_settings({"PIP_CONFIG_FILE": os.devnull, "PIP_TIMEOUT": "soon"})


_UV_FILE = '[[index]]\nurl = "https://uv-file/simple"\ndefault = true\n'
_PIP_FILE = "[global]\nindex-url = https://pip-file/simple\n"


@pytest.mark.skipif(os.name == "nt", reason="the files have other places on Windows")
@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({"UV_DEFAULT_INDEX": "https://uv/s", "PIP_INDEX_URL": "https://pip/s"}, "https://uv/s"),
        ({"PIP_INDEX_URL": "https://pip/s"}, "https://pip/s"),
        ({"UV_DEFAULT_INDEX": "", "PIP_INDEX_URL": "https://pip/s"}, "https://pip/s"),
        ({"UV_HTTP_TIMEOUT": "9", "PIP_TIMEOUT": "9"}, "https://uv-file/simple"),
        ({"UV_NO_CONFIG": "1"}, "https://pip-file/simple"),
        ({"UV_NO_CONFIG": "1", "PIP_CONFIG_FILE": os.devnull}, "https://pypi.org/simple"),
    ],
)
def test_one_tool_decides_by_variables_before_files_and_uv_before_pip(
    tmp_path: Path, variables: dict[str, str], asked: str
) -> None:
    _write(tmp_path / "home" / ".config" / "uv" / "uv.toml", _UV_FILE)
    _write(tmp_path / "home" / ".config" / "pip" / "pip.conf", _PIP_FILE)
    home = {"HOME": str(tmp_path / "home"), "XDG_CONFIG_DIRS": str(tmp_path / "shared")}
    settings = read_index_settings({**home, **variables}, tmp_path)
    assert _addresses(settings) == [asked]
