"""Wheels on package indexes: a loopback server with JSON or HTML pages, with or without ranges."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from srcread.errors import NotFoundError, SourceError
from srcread.model import Origin
from srcread.sources import Sources, fetch, open_distribution, open_package
from srcread.sources import wheel as wheel_module

_METADATA = """\
Metadata-Version: 2.4
Name: Demo_Pkg
Version: {version}
License-Expression: MIT
License-File: LICENSE
Project-URL: Repository, https://github.com/demo/pkg.git

Version: this is the description
"""


def _wheel(version: str = "1.0", extra: Sequence[tuple[str, bytes]] = ()) -> bytes:
    info = f"demo_pkg-{version}.dist-info"
    files = [
        ("demo_pkg/__init__.py", b"# coding: latin-1\r\nname = '\xe9'\r\n"),
        ("demo_pkg/lib.so", os.urandom(600_000)),
        ("demo_pkg/version.py", b"git_version = '0123456789abcdef'\n"),
        ("demo_pkg/native/native_functions.yaml", b"- func: f\n"),
        ("demo_pkg/big.bin", os.urandom(600_000)),
        ("demo_pkg/_C.pyi", b"x: int\n"),
        (f"{info}/METADATA", _METADATA.format(version=version).encode()),
        (f"{info}/licenses/LICENSE", b"Do as you like.\n"),
        (f"{info}/RECORD", b"demo_pkg/__init__.py,,\n"),
        *extra,
    ]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


class _Server(ThreadingHTTPServer):
    """Serves `files`; a project page is made of the wheels among them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.yanked: set[str] = set()
        self.sha256: dict[str, str] = {}
        self.ranges = self.suffix_ranges = self.json = True
        self.status = 200
        self.cut_off = self.excess = 0
        self.parts = 1_000  # that are sent before it sends whole files only
        self.length = ""  # that a HEAD tells instead of the right one
        self.asked: list[tuple[str, str]] = []
        self.logins: set[str | None] = set()

    @property
    def index(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/simple"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        server = self.server
        server.asked.append((self.path, self.headers.get("Range", "")))
        server.logins.add(self.headers.get("Authorization"))
        if server.status != 200:
            self._send(server.status, b"", "text/plain")
        elif self.path == "/simple/demo-pkg/":
            page, kind = self._json_page() if server.json else self._html_page()
            self._send(200, page, kind)
        elif (data := server.files.get(self.path.rpartition("/")[2])) is not None:
            self._send_part(data)
        else:
            self._send(404, b"", "text/plain")

    do_HEAD = do_GET

    def _json_page(self) -> tuple[bytes, str]:
        files = [
            {
                "filename": name,
                "url": f"../../files/{name}",
                "hashes": {"sha256": self.server.sha256.get(name, "")},
                "yanked": "broken" if name in self.server.yanked else False,
            }
            for name in self.server.files
        ]
        page = json.dumps({"meta": {"api-version": "1.1"}, "name": "demo-pkg", "files": files})
        return page.encode(), "application/vnd.pypi.simple.v1+json"

    def _html_page(self) -> tuple[bytes, str]:
        links = [
            f'<a href="/files/{name}#sha256={self.server.sha256.get(name, "")}"'
            f"{' data-yanked' if name in self.server.yanked else ''}>{name}</a>"
            for name in self.server.files
        ]
        return f"<!DOCTYPE html><body>{''.join(links)}</body>".encode(), "text/html"

    def _send_part(self, data: bytes) -> None:
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not wanted or not self.server.ranges or not self.server.parts:
            self._send(200, data, "application/octet-stream")
            return
        if not wanted[1] and not self.server.suffix_ranges:
            self._send(416, b"", "text/plain")
            return
        start = int(wanted[1]) if wanted[1] else max(0, len(data) - int(wanted[2]))
        end = min(int(wanted[2]) + 1, len(data)) if wanted[1] and wanted[2] else len(data)
        headers = {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}"}
        self.server.parts -= 1
        part = data[start:end] + b"x" * self.server.excess
        self._send(206, part, "application/octet-stream", headers)

    def _send(
        self, status: int, data: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        told = self.server.length if self.command == "HEAD" else ""
        self.send_header("Content-Length", told or str(len(data)))
        self.end_headers()
        if status == 206 and self.server.cut_off:
            self.server.cut_off -= 1
            data, self.close_connection = data[: len(data) // 2], True
        if self.command == "GET":
            with suppress(BrokenPipeError, ConnectionResetError):  # the client has seen enough
                self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[_Server]:
    """A package index that alone is configured, and an empty store."""
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with _Server() as running:
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", running.index)
        monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("NETRC", os.devnull)
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


_FILE = "demo_pkg-1.0-py3-none-any.whl"


@pytest.mark.parametrize("as_json", [True, False])
def test_a_wheel_is_read_in_parts_into_the_store(server: _Server, as_json: bool) -> None:
    server.json = as_json
    server.files[_FILE] = _wheel()
    told: list[str] = []
    found = open_distribution("Demo.Pkg", "1.0", progress=told.append)
    assert (found.name, found.version, found.origin) == ("demo-pkg", "1.0", Origin.WHEEL)
    assert found.packages == ("demo_pkg",)
    assert found.licence_expression == "MIT"
    assert [(licence.path, licence.text) for licence in found.licences] == [
        ("LICENSE", "Do as you like.\n")
    ]
    assert found.repository == "https://github.com/demo/pkg"
    assert found.commit == "0123456789abcdef"
    files = [path for path in found.root.rglob("*") if path.is_file()]
    assert sorted(path.relative_to(found.root).as_posix() for path in files) == [
        "demo_pkg-1.0.dist-info/METADATA",
        "demo_pkg-1.0.dist-info/RECORD",
        "demo_pkg-1.0.dist-info/licenses/LICENSE",
        "demo_pkg/_C.pyi",
        "demo_pkg/__init__.py",
        "demo_pkg/native/native_functions.yaml",
        "demo_pkg/version.py",
    ]
    module = Sources([found]).find_module("demo_pkg")
    assert module is not None
    assert module.data == b"# coding: latin-1\r\nname = '\xe9'\r\n"
    assert module.text == "# coding: latin-1\r\nname = 'é'\r\n"
    assert told[0] == "Demo.Pkg 1.0: looking for its wheel"
    assert told[-1] == "Demo.Pkg 1.0: 0.0 of 0.0 MB"


def test_only_wanted_bytes_are_asked_for_in_few_requests(server: _Server) -> None:
    server.files[_FILE] = _wheel()
    fetch("demo-pkg==1.0")
    ranges = [asked for path, asked in server.asked if path.endswith(".whl")]
    assert ranges[0] == "bytes=-65536"  # the directory
    bounds = [tuple(map(int, asked.removeprefix("bytes=").split("-"))) for asked in ranges[1:]]
    assert len(bounds) == 3  # before, between and behind the two large members
    assert sum(end - start for start, end in bounds) < 400_000
    assert all(end - start < 300_000 for start, end in bounds)


def test_what_is_stored_is_not_fetched_again(server: _Server) -> None:
    server.files[_FILE] = _wheel()
    first = open_distribution("demo-pkg", "1.0")
    server.asked.clear()
    assert open_distribution("demo_pkg", "1.0+cpu") == first
    assert open_distribution("demo_pkg", "1.0.0") == first
    assert open_distribution("demo-pkg") == first
    assert open_distribution("demo-pkg", offline=True) == first
    assert open_package("demo_pkg") == first
    assert fetch(" demo_pkg == 1.0 ") == first
    assert server.asked == []


def test_a_server_without_suffix_ranges_is_asked_for_the_size(server: _Server) -> None:
    server.suffix_ranges = False
    server.files[_FILE] = _wheel()
    assert fetch("demo-pkg==1.0").packages == ("demo_pkg",)
    assert "" not in [asked for path, asked in server.asked if path.endswith(".whl")][2:]


def test_a_small_wheel_is_downloaded_whole_where_there_are_no_ranges(server: _Server) -> None:
    server.ranges = False
    server.files[_FILE] = _wheel()
    server.sha256[_FILE] = hashlib.sha256(server.files[_FILE]).hexdigest()
    assert fetch("demo-pkg==1.0").packages == ("demo_pkg",)


def test_a_whole_wheel_that_is_not_the_one_listed_is_refused(server: _Server) -> None:
    server.ranges = False
    server.files[_FILE] = _wheel()
    server.sha256[_FILE] = "0" * 64
    with pytest.raises(SourceError, match="its sha256 differs"):
        fetch("demo-pkg==1.0")


def test_a_large_wheel_without_ranges_is_an_error_that_says_so(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheel_module, "WHOLE_WHEEL", 1_000_000)
    server.ranges = False
    server.files[_FILE] = _wheel()
    with pytest.raises(SourceError, match=r"no range requests.*Run `pip install demo_pkg==1\.0`"):
        fetch("demo-pkg==1.0")


def test_a_connection_that_breaks_once_is_tried_again(server: _Server) -> None:
    server.files[_FILE] = _wheel()
    server.cut_off = 1
    assert fetch("demo-pkg==1.0").packages == ("demo_pkg",)


def test_a_connection_that_keeps_breaking_leaves_nothing_in_the_store(
    server: _Server, tmp_path: Path
) -> None:
    server.files[_FILE] = _wheel()
    server.cut_off = 99
    with pytest.raises(SourceError, match=r"demo_pkg-1\.0-py3-none-any\.whl cannot be re"):
        fetch("demo-pkg==1.0")
    assert os.listdir(tmp_path / "cache" / "sources") == []


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x05\x06" + b"\xff" * 18, _wheel()[:-9]])
def test_a_file_that_is_no_wheel_is_an_error(server: _Server, data: bytes) -> None:
    server.files[_FILE] = data
    with pytest.raises(SourceError, match=r"demo_pkg-1\.0-py3-none-any\.whl"):
        fetch("demo-pkg==1.0")


def test_a_hostile_wheel_leaves_nothing_in_the_store(server: _Server, tmp_path: Path) -> None:
    server.files[_FILE] = _wheel(extra=[("demo_pkg/../../../evil.py", b"1")])
    with pytest.raises(SourceError, match="not safe to unpack"):
        fetch("demo-pkg==1.0")
    assert os.listdir(tmp_path / "cache" / "sources") == []
    assert not list(tmp_path.rglob("evil.py"))


def test_an_unknown_version_names_the_nearest_that_exist(server: _Server) -> None:
    for version in ("0.9", "1.0", "1.1", "2.0", "1.2rc1"):
        server.files[f"demo_pkg-{version}-py3-none-any.whl"] = b""
    with pytest.raises(SourceError) as caught:
        open_distribution("demo-pkg", "1.0.5")
    assert str(caught.value) == (
        "demo-pkg has no version '1.0.5' with a wheel. The nearest are 1.0, 1.1, 1.2rc1, 2.0. "
        "Run `srcread fetch demo-pkg==1.0`."
    )


def test_the_newest_is_a_release_that_is_not_yanked(server: _Server) -> None:
    for version in ("1.9", "1.10", "1.11", "2.0rc1"):
        server.files[f"demo_pkg-{version}-py3-none-any.whl"] = _wheel(version)
    server.yanked.add("demo_pkg-1.11-py3-none-any.whl")
    assert fetch("demo-pkg").version == "1.10"
    assert fetch("demo-pkg==1.11").version == "1.11"


def test_an_unknown_name_says_where_it_was_looked_for(server: _Server) -> None:
    with pytest.raises(NotFoundError) as caught:
        open_distribution("pytestt")
    assert str(caught.value) == (
        f"No distribution 'pytestt' with a wheel was found in {server.index}/pytestt/ "
        "(PIP_INDEX_URL). "
        "Did you mean 'pytest'?"
    )


def test_no_index_within_reach_says_which_commands_would_help(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:secret@127.0.0.1:9/simple")
    with pytest.raises(SourceError) as caught:
        open_distribution("demo-pkg", "2.13.0")
    assert str(caught.value) == (
        "demo-pkg 2.13.0 is neither installed nor in the store, and "
        "http://127.0.0.1:9/simple/demo-pkg/ (PIP_INDEX_URL) cannot be reached. "
        "Run `pip install demo-pkg==2.13.0`, or `srcread fetch demo-pkg==2.13.0` where the index "
        "can be reached."
    )


def test_an_index_that_fails_is_not_taken_for_one_without_the_version(
    server: _Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "demo_pkg-3.0-py3-none-any.whl").write_bytes(_wheel("3.0"))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    server.status = 503
    with pytest.raises(SourceError, match=r"demo-pkg/ \(PIP_INDEX_URL\) answered 503\. Run"):
        open_distribution("demo-pkg", "1.0")
    assert open_distribution("demo-pkg", "3.0").version == "3.0"


def test_offline_asks_no_server(server: _Server) -> None:
    server.files[_FILE] = _wheel()
    with pytest.raises(SourceError, match="was not asked, because srcread is offline"):
        open_distribution("demo-pkg", "1.0", offline=True)
    assert server.asked == []


def test_no_index_at_all_is_said(server: _Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SourceError) as caught:
        open_distribution("pytestt", "1.0")
    assert str(caught.value) == (
        "pytestt is neither installed nor in the store, and no index may be asked: PIP_NO_INDEX "
        "says so. Change that, or run `pip install pytestt`."
    )


def test_a_login_in_the_address_is_used_and_never_shown(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = server.index.replace("://", "://user:secret@")
    monkeypatch.setenv("PIP_INDEX_URL", address)
    server.status = 401
    with pytest.raises(SourceError) as caught:
        fetch("demo-pkg==1.0")
    assert "secret" not in str(caught.value)
    assert server.logins == {"Basic dXNlcjpzZWNyZXQ="}


def test_json_that_is_not_of_an_index_is_an_error(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Handler, "_json_page", lambda self: (b"[1]", "application/json"))
    with pytest.raises(SourceError, match="JSON that is not PEP 691's"):
        fetch("demo-pkg==1.0")


@pytest.mark.parametrize("kind", ["wheels", "index"])
def test_folders_on_this_machine_count_as_indexes(
    server: _Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "simple" / "demo-pkg"
    folder.mkdir(parents=True)
    (tmp_path / "files").mkdir()
    if kind == "wheels":
        (folder / _FILE).write_bytes(_wheel())
    else:
        (tmp_path / "files" / _FILE).write_bytes(_wheel())
        (folder / "index.html").write_text(f'<a href="../../files/{_FILE}">{_FILE}</a>')
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", (tmp_path / "simple").as_uri())
    assert open_distribution("demo-pkg", "1.0", offline=True).packages == ("demo_pkg",)
    assert server.asked == []


def test_a_server_cannot_point_to_a_file_on_this_machine(
    server: _Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / _FILE).write_bytes(_wheel())
    page = f'<a href="{(tmp_path / _FILE).as_uri()}">{_FILE}</a>'.encode()
    server.json = False
    monkeypatch.setattr(_Handler, "_html_page", lambda self: (page, "text/html"))
    with pytest.raises(NotFoundError):
        fetch("demo-pkg==1.0")


def test_links_that_are_none_are_passed_over(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files[_FILE] = _wheel()
    server.json = False
    links = ["http://[bad/x.whl", "/files/demo_pkg-1.0.tar.gz", "/files/not.whl", f"/files/{_FILE}"]
    page = "".join(f"<a href='{link}'>x</a>" for link in links).encode()
    monkeypatch.setattr(_Handler, "_html_page", lambda self: (page, "text/html"))
    assert fetch("demo-pkg").version == "1.0"


@pytest.mark.parametrize("address", ["http://[bad", "gopher://host/simple", "http://:x/simple"])
def test_an_index_address_that_is_none_is_an_error(
    server: _Server, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", address)
    with pytest.raises(SourceError, match=r"demo-pkg 1\.0 is neither installed nor in the store"):
        open_distribution("demo-pkg", "1.0")


def test_purelib_of_a_wheels_data_folder_is_where_it_would_be_installed(server: _Server) -> None:
    server.files[_FILE] = _wheel(
        extra=[
            ("demo_pkg-1.0.data/purelib/other/__init__.py", b"y = 2\n"),
            ("demo_pkg-1.0.data/scripts/tool.py", b"z = 3\n"),
        ]
    )
    found = fetch("demo-pkg==1.0")
    assert (found.root / "other" / "__init__.py").read_bytes() == b"y = 2\n"
    assert not list(found.root.rglob("tool.py"))


def test_a_server_that_sends_parts_no_more_is_an_error(server: _Server) -> None:
    server.files[_FILE], server.parts = _wheel(), 1
    with pytest.raises(SourceError, match=rf"{_FILE} sends parts of it no more. Try again"):
        fetch("demo-pkg==1.0")


def test_a_server_that_sends_more_than_was_asked_for_is_an_error(server: _Server) -> None:
    server.files[_FILE], server.excess = _wheel(), 1
    with pytest.raises(SourceError, match=rf"{_FILE} sent more than the [\d,]+ bytes asked"):
        fetch("demo-pkg==1.0")


@pytest.mark.parametrize("length", ["9" * 5_000, "\xb2", "-1", "many"])
def test_a_length_that_is_none_counts_as_untold(server: _Server, length: str) -> None:
    server.files[_FILE], server.length, server.suffix_ranges = _wheel(), length, False
    assert fetch("demo-pkg==1.0").version == "1.0"


def test_a_wheel_without_metadata_is_an_error(server: _Server) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("demo_pkg/__init__.py", "x = 1\n")
    server.files[_FILE] = buffer.getvalue()
    with pytest.raises(SourceError, match=rf"{_FILE} is damaged: it has no METADATA"):
        fetch("demo-pkg==1.0")


@pytest.mark.parametrize(
    "text", ["torch>=2", "torch==", "==2", "", "torch[extra]==2", "a b", "torch==2,<3", "-x", "a/b"]
)
def test_a_requirement_of_another_form_is_an_error_that_shows_the_right_one(text: str) -> None:
    with pytest.raises(SourceError, match=r"does not name one version.*srcread fetch torch==2\.13"):
        fetch(text)


def test_a_version_that_is_none_is_an_error(server: _Server) -> None:
    with pytest.raises(SourceError, match="'latest' is not a version"):
        open_distribution("demo-pkg", "latest")
    assert server.asked == []


def test_the_standard_library_is_not_looked_for_on_an_index(server: _Server) -> None:
    with pytest.raises(NotFoundError, match="'json' is Python's own"):
        open_package("json")
    assert server.asked == []


def test_a_name_that_is_none_is_an_error(server: _Server) -> None:
    with pytest.raises(NotFoundError, match=r"'\.\./x' is not a distribution's name"):
        open_distribution("../x")
