"""serve: who may ask, what is answered, reload, and runs that nobody else can start."""

from __future__ import annotations

import http.client
import json
import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from support.served_example import Server, serving
from support.story_example import SNIPPET, contents, process

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

PAGE = "/en/tiny-model/1.0/tiny.model.Layer.run.html"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("serve")) as started:
        yield started


def test_the_address_that_is_printed_gives_the_browser_the_token(server: Server) -> None:
    status, headers, _ = server.ask("GET", f"/?token={server.token}")
    assert (status, headers["Location"]) == (303, "/")
    cookie = headers["Set-Cookie"]
    assert cookie.startswith(server.cookie["Cookie"])
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    status, headers, _ = server.ask("GET", f"//elsewhere.invalid/?token={server.token}")
    assert headers["Location"] == "/elsewhere.invalid/" or status != 303


def test_a_page_is_served_with_the_script_and_may_connect_here_only(server: Server) -> None:
    status, body = server.get(PAGE)
    page = body.decode()
    assert status == 200
    assert re.search(r'<script src="/-/serve\.js" data-build="\d+" defer></script>', page)
    assert "default-src 'none'; connect-src 'self';" in page
    status, script = server.get("/-/serve.js")
    assert status == 200 and b"Run it here" in script and server.token.encode() not in script
    assert server.get("/style.css")[0] == 200


@pytest.mark.parametrize(
    "path",
    ["/nothing.html", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/en/..%2f..%2fx", "/%00"],
)
def test_what_is_not_in_the_site_is_answered_with_its_page_for_lost_addresses(
    server: Server, path: str
) -> None:
    status, body = server.get(path)
    assert status == 404
    assert b"<h1>There is no such page</h1>" in body
    assert b'<script src="/lost.js" defer></script>' in body and b"/-/serve.js" in body


def test_no_page_names_what_it_may_connect_to_twice(server: Server) -> None:
    for path in (PAGE, "/404.html", "/index.html"):
        assert server.get(path)[1].count(b"connect-src") == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Cookie": ""}, 403),
        ({"Cookie": "srcread-1=x"}, 403),
        ({"Host": "elsewhere.invalid"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Origin": "https://elsewhere.invalid"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_stranger_gets_nothing(server: Server, headers: Mapping[str, str], status: int) -> None:
    assert server.get(PAGE, **headers)[0] == status
    assert server.run("tiny-model/first-layers", **headers)[0] == status


def test_a_snippet_runs_by_its_name_and_nothing_is_recorded(server: Server) -> None:
    before = contents(server.folder / "annotations")
    status, run = server.run("tiny-model/first-layers")
    assert status == 200, run
    assert run["confirmed"] and run["output"] == "result: 10\n"
    assert [claim["held"] for claim in run["claims"]] == [True]
    assert run["versions"]["tiny"] == "1.0" and run["device"].startswith("cpu")
    assert contents(server.folder / "annotations") == before


@pytest.mark.parametrize(
    ("note", "status"),
    [
        ("tiny-model/no-such-note", 422),
        ("first-layers", 422),
        ("../first-layers", 422),
        ("import os", 422),
        (5, 400),
        (None, 400),
    ],
)
def test_only_a_note_can_be_named(server: Server, note: object, status: int) -> None:
    assert server.run(note)[0] == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Content_Type": "text/plain"}, 415), ({"Content_Length": "99999"}, 413)],
)
def test_a_form_cannot_start_a_run(server: Server, headers: Mapping[str, str], status: int) -> None:
    assert server.run("tiny-model/first-layers", **headers)[0] == status


def test_a_run_without_an_origin_is_refused(server: Server) -> None:
    asked = {**server.cookie, "Content_Type": "application/json"}
    status, _, body = server.ask("POST", "/-/run", b'{"note": "tiny-model/first-layers"}', **asked)
    assert (status, body) == (403, b"A run is asked for by this server's own pages.\n")
    assert server.ask("POST", "/-/other", b"{}", Origin=server.origin, **asked)[0] == 404


def test_one_snippet_runs_at_a_time(server: Server) -> None:
    slow = server.folder / "annotations" / "tiny-model" / "layer-order.py"
    text = slow.read_text()
    slow.write_text("import time\n\ntime.sleep(0.5)\n" + text)  # in each of its nine runs
    notes = "tiny-model/layer-order", "tiny-model/first-layers"
    try:
        with ThreadPoolExecutor() as pool:  # whichever comes first, the other comes meanwhile
            first, second = sorted(pool.map(server.run, notes), key=itemgetter(0))
    finally:
        slow.write_text(text)
    assert first[0] == 200
    assert second == (409, "Another snippet is running. Wait for its end.\n")


def test_open_pages_are_told_of_a_new_site_and_of_what_is_wrong(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    connection.request("GET", "/-/events", headers=server.cookie)
    stream = connection.getresponse()
    note = server.folder / "annotations" / "tiny-model" / "first-layers.md"
    tour = note.with_name("tour.toml")
    text, settings = note.read_text(), tour.read_text()
    try:
        assert _event(stream)[0] == "build"
        note.write_text(text.replace("A layer scales", "A layer only scales"))
        assert _event(stream)[0] == "build"
        while b"A layer only scales" not in server.get(PAGE)[1]:  # it was of what a test put back
            assert _event(stream)[0] == "build"
        note.write_text(text.replace("title = ", "titel = "))
        assert _event(stream)[0] == "build"
        assert b"The rules find 2 faults in its files." in server.get(PAGE)[1]
        tour.write_text(settings.replace("title = ", "titel = "))
        kind, words = _event(stream)
        assert kind == "problem" and "tour.toml" in words
        assert b"The rules find 2 faults in its files." in server.get(PAGE)[1]
    finally:
        note.write_text(text)
        tour.write_text(settings)
        connection.close()


def test_a_failing_snippet_says_why(server: Server) -> None:
    snippet = server.folder / "annotations" / "tiny-model" / "first-layers.py"
    snippet.write_text(SNIPPET.replace("== 10", "== 11"))
    try:
        status, run = server.run("tiny-model/first-layers")
    finally:
        snippet.write_text(SNIPPET)
    assert status == 200 and not run["confirmed"]
    assert run["claims"][0]["observed"] == "10"
    assert "is false" in run["said"]["en"]["reasons"][0]
    assert "不成立" in run["said"]["zh"]["reasons"][0]


def test_a_port_that_is_taken_is_told(server: Server, tmp_path: Path) -> None:
    site = server.folder / "installed"
    done = process(*f"serve tiny-model --port {server.port}".split(), cwd=server.folder, site=site)
    assert done.returncode == 2
    assert f"Port {server.port} cannot be used" in done.stderr


def _event(stream: http.client.HTTPResponse) -> tuple[str, Any]:
    """Read the next event of a stream."""
    kind = ""
    while True:
        line = stream.readline().decode().rstrip("\n")
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        if line.startswith("data: "):
            return kind, json.loads(line.removeprefix("data: "))
