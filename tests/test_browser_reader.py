"""What a reader's own hand does in a real Chromium: progress, keys, a note suggested on a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support.browser_tools import needs_axe, needs_chromium, violations
from support.site_example import plans, view
from support.site_runs import with_runs

from srcread.site import publish

FORWARD = "en/example/1.5/pkg.model.Model.forward.html"

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = needs_chromium

SCALE = FORWARD.replace("Model.forward", "scale")
OUTLINE = FORWARD.replace("pkg.model.Model.forward", "index")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("reader") / "site"
    publish(folder, plans(view(repository="https://github.com/example/notes.git")))
    publish(folder / "runs", plans(with_runs()))
    return folder.as_uri()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def read(tab: Any) -> tuple[str, list[str]]:
    """Return what the outline says: how many steps are read, and the titles marked in words."""
    marked = tab.locator(".steps > li.read").all()
    assert all("read" in item.inner_text() or item.locator(".word").count() for item in marked)
    return (
        tab.locator(".progress span").inner_text(),
        [item.locator("a").inner_text() for item in marked],
    )


def test_the_outline_marks_the_steps_whose_notes_were_read_to_their_end(
    tab: Any, site: str
) -> None:
    tab.goto(f"{site}/{FORWARD}")
    assert tab.locator("li.read").count() == 0  # to open a page is not to read it
    tab.wait_for_selector(".steps > li.read")
    assert read(tab) == ("1 of 3 read", ["The layer is called"])
    tab.goto(f"{site}/{SCALE}")
    tab.wait_for_selector("li.read >> nth=1", state="attached")
    assert read(tab) == ("2 of 3 read", ["The layer is called", "Scale calls itself"])
    tab.goto(f"{site}/{OUTLINE}")
    assert read(tab)[0] == "2 of 3 read"
    tab.goto(f"{site}/{FORWARD}".replace("/en/", "/zh/"))
    assert tab.locator(".progress span").inner_text() == "已读 2 / 3 步"
    tab.goto(f"{site}/runs/{OUTLINE}")
    tab.get_by_role("button", name="Forget").click()
    assert read(tab) == ("0 of 3 read", [])
    assert tab.get_by_role("button", name="Forget").count() == 0
    tab.reload()
    assert read(tab) == ("0 of 3 read", [])


def test_a_note_below_the_screen_is_not_read(tab: Any, site: str) -> None:
    tab.set_viewport_size({"width": 390, "height": 300})
    tab.goto(f"{site}/{FORWARD}")
    tab.wait_for_selector(".progress span", state="attached")
    assert tab.locator("li.read").count() == 0
    tab.locator(".note > h2").evaluate("(title) => title.scrollIntoView({ block: 'end' })")
    tab.wait_for_timeout(3500)
    assert tab.locator("li.read").count() == 0
    tab.locator(".note .body > :last-child").scroll_into_view_if_needed()
    tab.wait_for_selector("li.read", state="attached")


def test_who_goes_on_has_read_what_was_on_the_screen(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.wait_for_selector(".progress span", state="attached")
    tab.wait_for_timeout(100)  # an observer tells of the first frame
    tab.keyboard.press("n")
    tab.wait_for_url("**/pkg.model.scale.html*")
    assert read(tab) == ("1 of 3 read", ["The layer is called"])


@pytest.mark.parametrize("blocked", ["throws", "damaged"])
def test_without_storage_there_is_no_progress_and_no_error(
    tab: Any, site: str, blocked: str
) -> None:
    if blocked == "throws":
        tab.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } });"
        )
    else:
        tab.add_init_script("localStorage.setItem('srcread:read:example/pkg 1.5', '{broken');")
    tab.goto(f"{site}/{FORWARD}")
    tab.wait_for_selector("#search")
    assert tab.locator(".progress").inner_text() == ""
    tab.keyboard.press("?")
    tab.locator("dialog input").uncheck()


def test_without_script_there_is_no_place_for_progress_keys_or_dialogs(
    browser: Any, site: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{FORWARD}")
    assert page.locator(".progress").bounding_box() is None
    assert page.locator("#keys").bounding_box() is None
    assert "srcread new pkg.model.Model.forward:6 --tour example" in page.inner_text("footer")
    context.close()


def test_nothing_shifts_as_progress_comes_and_grows(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.wait_for_selector("li.read")
    shift = tab.evaluate(
        "new Promise((done) => { let sum = 0; new PerformanceObserver((list) => {"
        "for (const entry of list.getEntries()) sum += entry.value; })"
        ".observe({ type: 'layout-shift', buffered: true }); setTimeout(() => done(sum), 100); })"
    )
    assert shift == 0


def test_enter_unfolds_the_call_of_the_line_or_row_in_focus(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}#L17")
    tab.keyboard.press("Enter")
    tab.get_by_role("group", name="scale", exact=True).wait_for()
    tab.goto(f"{site}/{FORWARD}")
    tab.keyboard.press("j")
    assert tab.evaluate("document.activeElement.closest('.group').id") == "s14"
    tab.keyboard.press("Enter")
    tab.get_by_role("group", name="Layer.forward", exact=True).wait_for()
    tab.keyboard.press("Enter")
    assert tab.locator(".unfolded").count() == 0


def test_enter_on_a_link_follows_it(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.focus("#L17 a.call")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/pkg.model.scale.html")


def test_e_opens_and_closes_the_evidence_of_the_note(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.keyboard.press("j")
    evidence = "document.querySelector('#n-run .evidence').open"
    tab.keyboard.press("e")
    assert tab.evaluate(evidence)
    tab.keyboard.press("e")
    assert not tab.evaluate(evidence)


def test_s_shows_each_scenario_in_turn(tab: Any, site: str) -> None:
    tab.goto(f"{site}/runs/{FORWARD}")
    title = tab.locator("#runs .title")
    seen = [title.inner_text()]
    for _ in range(tab.locator(".scenarios [data-scenario]").count()):
        tab.keyboard.press("s")
        tab.wait_for_function(
            "(before) => document.querySelector('#runs .title').textContent !== before",
            arg=seen[-1],
        )
        seen.append(title.inner_text())
    assert seen[0] == seen[-1] and len(set(seen)) == len(seen) - 1 > 1


def test_every_key_is_a_button_in_the_list_of_keys(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.keyboard.press("?")
    dialog = tab.get_by_role("dialog", name="Keys")
    assert dialog.locator("kbd").all_inner_texts() == [*"jknpu", "Enter", *"es/?"]
    tab.keyboard.press("n")
    assert tab.url.endswith("forward.html")  # off while the list is open
    tab.keyboard.press("Escape")
    assert not dialog.is_visible()
    tab.locator("#keys").click()
    dialog.get_by_role("button", name="n: the next step").click()
    tab.wait_for_url("**/pkg.model.scale.html")


def test_keys_can_be_switched_off_and_stay_so(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.keyboard.press("?")
    tab.get_by_label("These keys are on").uncheck()
    tab.get_by_role("button", name="Close", exact=True).click()
    tab.goto(f"{site}/{SCALE}")
    for key in ("p", "/", "?"):
        tab.keyboard.press(key)
    assert tab.url.endswith("scale.html")
    assert tab.evaluate("document.activeElement.id") != "search"
    assert tab.locator("dialog").count() == 0
    tab.locator("#keys").click()
    tab.get_by_label("These keys are on").check()
    tab.keyboard.press("Escape")
    tab.keyboard.press("p")
    tab.wait_for_url("**/pkg.model.Model.forward.html")


@pytest.mark.parametrize("held", ["Control", "Alt", "Meta"])
def test_keys_with_a_modifier_are_left_to_the_browser(tab: Any, site: str, held: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.evaluate(
        "(held) => { for (const key of ['j', 'e', '?', 'Enter']) document.body.dispatchEvent("
        "new KeyboardEvent('keydown', { key, bubbles: true, [held]: true })); }",
        {"Control": "ctrlKey", "Alt": "altKey", "Meta": "metaKey"}[held],
    )
    assert tab.evaluate("[scrollY, document.querySelectorAll('[open], dialog').length]") == [0, 0]


def test_a_line_offers_the_command_that_begins_a_note_on_it(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    assert tab.locator(".suggest").count() == 0
    nodes = tab.evaluate("document.querySelectorAll('*').length")
    tab.hover("#L14")
    tab.hover("#L16")
    assert tab.evaluate("document.querySelectorAll('*').length") == nodes + 1
    tab.get_by_role("button", name="Suggest a note on line 16").click()
    dialog = tab.get_by_role("dialog", name="Suggest a note on line 16")
    command = "srcread new pkg.model.Model.forward:16 --tour example"
    assert dialog.locator("code").inner_text() == command
    link = urlsplit(dialog.get_by_role("link").get_attribute("href"))
    assert (link.netloc, link.path) == ("github.com", "/example/notes/issues/new")
    asked = parse_qs(link.query)
    assert asked["title"] == ["example: pkg.model.Model.forward:16"]
    for part in ("tour: example", "version: 1.5", "symbol: pkg.model.Model.forward", "line: 16"):
        assert part in asked["body"][0].splitlines()
    assert command in asked["body"][0]
    tab.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_the_suggestion_comes_to_a_line_in_focus_and_to_a_range(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.focus("#L17 a.call")
    assert tab.locator("#L17 > .suggest").count() == 1
    tab.goto(f"{site}/{FORWARD}#L14-L16")
    tab.get_by_role("button", name="Suggest a note on line 14–16").click()  # noqa: RUF001 - a dash
    assert "Model.forward:14 " in tab.locator("dialog code").inner_text()


def test_a_suggestion_is_not_copied_with_its_line(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.hover("#L16")
    copied = tab.evaluate(
        "getSelection().selectAllChildren(document.querySelector('#L16')),getSelection().toString()"
    )
    assert copied.strip() == "hidden = self.pick(hidden)(mask)"


@pytest.mark.parametrize(
    "repository", [None, "https://gitlab.com/a/b", "https://github.com.evil.org/a/b", "github.com"]
)
def test_an_issue_is_offered_on_github_alone(
    tab: Any, tmp_path: Path, repository: str | None
) -> None:
    publish(tmp_path / "site", plans(view(repository=repository)))
    tab.goto(f"{(tmp_path / 'site').as_uri()}/{FORWARD}#L16")
    tab.locator(".suggest").click()
    assert tab.locator("dialog code").is_visible()
    assert tab.locator("dialog a").count() == 0


def test_a_tour_without_notes_asks_for_none(tab: Any, tmp_path: Path) -> None:
    publish(tmp_path / "site", plans(replace(view(), tour=view(steps=(), chapters=()).tour)))
    tab.goto(f"{(tmp_path / 'site').as_uri()}/{FORWARD}")
    tab.hover("#L16")
    assert tab.locator(".suggest").count() == 0
    assert "srcread new" not in tab.inner_text("footer")


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1366])
@pytest.mark.parametrize("opened", ["#keys", ".suggest"])
def test_axe_finds_no_violation_in_the_dialogs(
    browser: Any, site: str, scheme: str, width: int, opened: str
) -> None:
    size = {"width": width, "height": 900}
    context = browser.new_context(color_scheme=scheme, viewport=size, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site}/{FORWARD}#L16")
    page.locator(opened).click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()
