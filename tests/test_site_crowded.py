"""Pages on which many notes stand: evidence on pages of its own, titles on further ways."""

from __future__ import annotations

import pytest
from support.site_example import page, plans
from support.site_outline import outline
from support.site_runs import with_runs

from srcread.site.data import crowded

FOLDER = "en/example/1.5/"
PAGE = FOLDER + "pkg.model.Model.forward.html"


def others() -> list[str]:
    """Name the pages for further ways through the function."""
    return sorted(
        one.address
        for one in plans(with_runs())
        if one.address.startswith(PAGE.removesuffix(".html") + "~")
    )


def test_every_note_with_evidence_has_a_page_for_it() -> None:
    text = outline(page(plans(with_runs()), FOLDER + "e-run.html"))
    assert text.startswith("h1: The layer is called")
    assert "The result is doubled." in text


def test_few_notes_stand_whole_on_each_page_of_a_function() -> None:
    assert others()
    for address in (PAGE, *others()):
        text = page(plans(with_runs()), address)
        assert 'details class="evidence"' in text and "e-run.html" not in text


def test_of_many_notes_a_page_leads_to_evidence_and_another_way_to_the_whole_notes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crowded, "MOST_WHOLE", 0)
    first = page(plans(with_runs()), PAGE)
    assert 'class="evidence" href="e-run.html"' in first
    assert "The result is doubled." in first and 'details class="evidence"' not in first
    for address in others():
        brief = page(plans(with_runs()), address)
        assert 'href="pkg.model.Model.forward.html#n-run"' in brief
        assert "confirmed" in brief and "The result is doubled." not in brief
