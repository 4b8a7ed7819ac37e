"""serve in a real Chromium: the Run button, reload when a note changes, and nobody else's page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from support.browser_tools import chromium, needs_chromium
from support.hostile_cases import FIRES
from support.served_example import Server, serving

Error: type[Exception] = pytest.importorskip("playwright.sync_api").Error
pytestmark = [
    needs_chromium,
    pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only"),
]

PAGE = "/en/tiny-model/1.0/tiny.model.Layer.run.html"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("served")) as started:
        yield started


@pytest.fixture
def tab(server: Server) -> Iterator[Any]:
    with chromium() as browser:
        page: Any = browser.new_page()
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        yield page


def test_the_run_button_shows_the_result_beside_the_recorded_one(server: Server, tab: Any) -> None:
    tab.goto(server.address)
    tab.goto(server.origin + PAGE)
    tab.locator("details.fold > summary").first.click()
    tab.locator("details.evidence > summary").first.click()
    tab.get_by_role("button", name="Run it here (cpu)").click()
    result = tab.locator(".result")
    result.locator(".standing").wait_for(timeout=120_000)
    text = result.inner_text()
    assert "Here, now: confirmed" in text and "1 of 1 claims hold" in text
    assert "Of three layers only the last one scales." in text
    assert "result: 10" in text
    assert tab.problems == []


def test_a_served_site_searches_the_text_of_its_notes(server: Server, tab: Any) -> None:
    tab.goto(server.address)
    tab.fill("#search", "above one")
    hit = tab.locator("#found a", has_text="note").first
    hit.wait_for()
    assert hit.get_attribute("href") == f"{server.origin}{PAGE}#n-first-layers"
    assert tab.problems == []


def test_a_lost_address_leads_on(server: Server, tab: Any) -> None:
    tab.goto(server.address)
    tab.goto(server.origin + PAGE.replace("/1.0/", "/0.9/"))
    link = tab.locator(".now:visible a")
    link.wait_for()
    assert link.get_attribute("href") == server.origin + PAGE


def test_what_a_snippet_prints_and_claims_is_shown_as_text(server: Server, tab: Any) -> None:
    snippet = server.folder / "annotations" / "tiny-model" / "layer-order.py"
    text = snippet.read_text()
    said = " ".join(FIRES.values()).replace("\x01", "")  # a control would be refused
    tab.goto(server.address)
    try:
        snippet.write_text(
            text.replace(
                "assert sizes == [0, 1, 2]", f"said = {said!r}\nassert said == sizes"
            ).replace("print(", f"print({said!r})\nprint(")
        )
        tab.goto(server.origin + PAGE.replace("Layer.run", "Model.run"))
        changed = tab.locator("details.evidence").filter(has_text="said = ")
        changed.wait_for(state="attached", timeout=120_000)  # built again, and loaded again
        tab.locator("details.fold > summary").first.click()
        tab.locator("details.evidence > summary").first.click()
        tab.get_by_role("button", name="Run it here (cpu)").click()
        result = tab.locator(".result")
        result.locator(".standing").wait_for(timeout=120_000)
        assert result.inner_text().count("<script>window.canary=1</script>") >= 2
        assert result.locator("script, img, svg, iframe, style, form, a, b").count() == 0
        assert tab.evaluate("window.canary") is None
    finally:
        snippet.write_text(text)


def test_a_page_that_listens_too_late_is_loaded_again(server: Server, tab: Any) -> None:
    """A build may end between a page's loading and its listening."""
    tab.goto(server.address)
    held: list[Any] = []
    late = [False]
    tab.route("**/-/events", lambda route: route.fallback() if late[0] else held.append(route))
    tab.goto(server.origin + PAGE)
    note = server.folder / "annotations" / "tiny-model" / "first-layers.md"
    tour = note.with_name("tour.toml")
    text, settings = note.read_text(), tour.read_text()
    try:
        note.write_text(text.replace("A layer scales", "Hardly a layer scales"))
        while b"Hardly" not in server.get(PAGE)[1]:
            tab.wait_for_timeout(50)
        tab.wait_for_timeout(500)  # it is written, then told
        late[0] = True
        for route in held:
            with suppress(Error):  # of the page before, which has gone
                route.continue_()
        tab.get_by_text("Hardly a layer scales").wait_for(timeout=120_000)
        tour.write_text(settings.replace("title = ", "titel = "))
        tab.locator("#serve-problem").wait_for(timeout=120_000)
        tab.reload()
        tab.locator("#serve-problem").wait_for(timeout=120_000)  # as it still is
    finally:
        note.write_text(text)
        tour.write_text(settings)


def test_an_open_page_reloads_when_its_note_changes(server: Server, tab: Any) -> None:
    tab.goto(server.address)
    tab.goto(server.origin + PAGE)
    note = server.folder / "annotations" / "tiny-model" / "first-layers.md"
    tour = note.with_name("tour.toml")
    text, settings = note.read_text(), tour.read_text()
    try:
        tab.wait_for_function("performance.getEntriesByType('resource').length > 1")
        note.write_text(text.replace("A layer scales", "Only a layer scales"))
        tab.get_by_text("Only a layer scales").wait_for(timeout=120_000)
        note.write_text(text.replace("title = ", "titel = "))
        tab.get_by_text("The rules find 2 faults in its files.").wait_for(timeout=120_000)
        tour.write_text(settings.replace("title = ", "titel = "))
        tab.locator("#serve-problem").wait_for(timeout=120_000)
        assert "tour.toml" in tab.locator("#serve-problem").inner_text()
    finally:
        note.write_text(text)
        tour.write_text(settings)


def test_another_sites_page_reads_nothing_and_runs_nothing(server: Server, tab: Any) -> None:
    tab.goto(server.address)  # the browser has the token
    tab.goto("about:blank")
    tab.problems.clear()
    told = tab.evaluate(
        """async ([origin, page]) => {
            const tries = [
                () => fetch(origin + page, { credentials: "include" }),
                () => fetch(origin + "/-/run", {
                    method: "POST",
                    credentials: "include",
                    headers: { "Content-Type": "application/json" },
                    body: JSON.stringify({ note: "tiny-model/first-layers" }),
                }),
            ];
            const told = [];
            for (const attempt of tries) {
                try { await attempt(); told.push("answered"); } catch { told.push("refused"); }
            }
            return told;
        }""",
        [server.origin, PAGE],
    )
    assert told == ["refused", "refused"]
