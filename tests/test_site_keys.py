"""Keys and templates: a key covers all that its page shows, and is had without rendering."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.reasons import in_words
from support.site_example import (
    SOURCE,
    page,
    plans,
    step_on_scale,
    view,
    with_standings,
)
from support.site_outline import outline
from support.site_runs import with_runs

from srcread.errors import SrcreadError
from srcread.model import EvidenceStatus, Standing
from srcread.site import plan_site
from srcread.site.rendering.theme import Theme, code_files
from srcread.site.view import Fault

FORWARD = "en/example/1.5/pkg.model.Model.forward.html"


def test_planning_imports_no_renderer() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "from support.site_example import plans; plans(); "
        "heavy = {'jinja2', 'pygments', 'markdown_it', 'nh3', 'markupsafe'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "[]\n"


def test_a_key_changes_with_what_its_page_shows_and_with_nothing_else() -> None:
    before = {plan.address: plan.key for plan in plans()}
    step = step_on_scale()
    steps = (*view().tour.steps[:2], replace(step, note=replace(step.note, body="Now other.")))
    after = {plan.address: plan.key for plan in plans(view(steps=steps))}
    changed = {address for address in after if after[address] != before[address]}
    own = {f"{language}/example/1.5/pkg.model.scale.html" for language in ("en", "zh")}
    counting = {f"{language}/{page}index.html" for language in ("en", "zh") for page in _COUNTING}
    words = {f"{language}/example/1.5/words.js" for language in ("en", "zh")}
    assert changed == {*own, *counting, *words, "index.html"}


_COUNTING = ("", "example/1.5/")
"""Where the pages stand that count the sentences of all notes: the front and the outline."""


def test_a_key_changes_with_source_standing_and_template(tmp_path: Path) -> None:
    before = {plan.address: plan.key for plan in plans()}[FORWARD]
    (tmp_path / "style.css").write_text("body { color: red }")
    failed = {"run": Standing(EvidenceStatus.FAILED, in_words("failed: claim 1"))}
    others = [
        plans(source=SOURCE.replace("the only layer", "another")),
        plans(with_standings(failed)),
        plans(folders=(tmp_path,)),
    ]
    for changed in others:
        assert {plan.address: plan.key for plan in changed}[FORWARD] != before


def test_a_key_covers_the_code_that_makes_a_page() -> None:
    page(plans(with_runs()), FORWARD)
    used = {name for name in sys.modules if name.startswith("srcread.site.")}
    assert {f"srcread.site.{name}" for name in ("maps.drawing.svg", "runs.marks")} <= used
    files = {Path(str(sys.modules[name].__file__)) for name in used}
    assert files <= set(code_files())


def test_a_users_template_can_extend_ours(tmp_path: Path) -> None:
    (tmp_path / "function.html").write_text(
        '{% extends "srcread/function.html" %}{% block lists %}<p>mine</p>{% endblock %}'
    )
    text = outline(page(plans(folders=(tmp_path,)), FORWARD))
    assert text.endswith("p: mine")
    assert "h1: Model.forward" in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<p>\n{% endif %}", r"'?function.html:2'? cannot be rendered: .*endif"),
        ("{{ page.nmae }}", "'function.html' cannot be rendered: .*nmae"),
        ('{% extends "no.html" %}', "'function.html' cannot be rendered: .*no.html"),
    ],
)
def test_a_broken_template_is_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "function.html").write_text(text)
    with pytest.raises(SrcreadError, match=told):
        page(plans(folders=(tmp_path,)), FORWARD)


def test_two_tours_of_one_name_and_version_are_refused() -> None:
    with pytest.raises(SrcreadError, match=r"Two tours would both write .*Rename the folder"):
        plans(view(), view())


def test_a_missing_templates_folder_is_named() -> None:
    with pytest.raises(SrcreadError, match="'nowhere/templates' does not exist"):
        plan_site([view()], Theme([Path("nowhere/templates")]))


def test_a_fault_in_a_note_changes_its_own_pages_the_outline_and_no_other() -> None:
    first, last = view(), view()
    stem = first.tour.steps[-1].note.stem
    last = replace(
        last, faults={stem: (Fault(f"{stem}.md:1", "SENT001", "It stands on nothing."),)}
    )
    keys = [{one.address: one.key for one in plans(each)} for each in (first, last)]
    changed = {address for address, key in keys[0].items() if keys[1][address] != key}
    assert "en/example/1.5/index.html" in changed
    assert FORWARD not in changed
    pages = [{one.address: one.render() for one in plans(each)} for each in (first, last)]
    assert {name for name, data in pages[0].items() if pages[1][name] != data} <= changed
