"""Which notes stand beside the code, which lie across it and which fold, by what is estimated."""

from __future__ import annotations

import time

import pytest
from support.site_example import view

from srcread.site.data.card import Card, cards_of
from srcread.site.data.layout import lay_out
from srcread.site.data.releases import OtherClaim, Otherwise
from srcread.site.rendering.beside import (
    LINE,
    Form,
    Placed,
    list_height,
    list_pushes,
    note_height,
    place,
)
from srcread.site.rendering.tables import framed, least_width

SHORT = "A sentence of a note."
PARAGRAPH = "A sentence of eight words stands here. " * 6
LONG = f"{PARAGRAPH}\n\n" * 6
TABLE = "Before it.\n\n| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |"


def card(body: str, title: str = "A title") -> Card:
    (one,) = cards_of(lay_out(view()), "pkg.model.scale", "en")
    return one._replace(title=title, body=body)


def placed(*rows: tuple[list[str], int], listed: float = 0, many: bool = False) -> list[Placed]:
    """Place notes, each row given by their texts and the number of its lines."""
    standing = [[card(body) for body in bodies] for bodies, _ in rows]
    return place(standing, [lines * LINE for _, lines in rows], listed, many=many)


def test_notes_with_room_for_them_stand_beside_their_lines() -> None:
    found = placed(([SHORT], 40), ([PARAGRAPH], 40), ([SHORT], 40))
    assert [row.across for row in found] == [0, 0, 0]
    assert {form for row in found for form in row.forms} == {Form.WHOLE}


def test_a_note_that_pushes_the_next_too_far_lies_across() -> None:
    found = placed(([], 10), ([PARAGRAPH * 2], 2), ([SHORT], 30))
    assert [row.across for row in found] == [0, 1, 0]


def test_a_note_that_pushes_only_a_little_stays_beside() -> None:
    assert [row.across for row in placed(([], 10), ([SHORT], 2), ([SHORT], 30))] == [0, 0, 0]


def test_the_last_note_may_be_as_long_as_it_likes() -> None:
    found = placed(([], 10), ([LONG], 1))
    assert found[1] == Placed(0, [Form.WHOLE])


@pytest.mark.parametrize(
    ("body", "is_wide"),
    [
        (TABLE, True),
        ("| a | b |\n|---|---|\n| 1 | 2 |", False),
        ("| a | b |\n|---|---|\n| `a.name.that.no.margin.has.room.for` | 2 |", True),
        ("```\nx = 1\n```", False),
        (f"```\n{'x' * 60}\n```", True),
        (f"```equation\n{'x' * 60}\n```", False),
        (f"`{'x' * 60}` in a sentence breaks.", False),
    ],
)
def test_what_is_wider_than_the_margin_lies_across(body: str, is_wide: bool) -> None:
    assert placed(([], 5), ([body], 50))[1].across == is_wide


def test_all_before_one_that_lies_across_lie_across_too() -> None:
    assert placed(([], 5), ([SHORT, TABLE, SHORT], 90))[1].across == 2


def test_of_many_notes_none_lies_across_whole_but_above_all_lines() -> None:
    found = placed(([TABLE], 90), ([TABLE], 90), ([LONG], 2), ([SHORT], 90), many=True)
    assert found[0] == Placed(1, [Form.WHOLE])
    assert found[1] == Placed(0, [Form.LEAD])
    assert found[2] == Placed(1, [Form.LEAD])
    assert found[3] == Placed(0, [Form.WHOLE])


def test_a_note_that_begins_with_a_table_folds_to_its_title() -> None:
    body = TABLE.partition("\n\n")[2]
    assert placed(([], 5), ([body], 90), many=True)[1].forms == [Form.TITLE]


def test_a_tall_note_folds_also_where_few_notes_stand_and_another_does_not() -> None:
    tall, modest = placed(([], 5), ([f"{LONG}{TABLE}"], 90)), placed(([], 5), ([TABLE], 90))
    assert tall[1] == Placed(0, [Form.LEAD])
    assert modest[1] == Placed(1, [Form.WHOLE])


def test_what_pushes_even_as_titles_lies_across_folded() -> None:
    found = placed(([], 5), *[([LONG], 1)] * 6, ([SHORT], 60), many=True)
    assert [row.across for row in found] == [0, 1, 1, 1, 1, 1, 1, 0]
    assert Form.WHOLE not in [form for row in found[1:7] for form in row.forms]


def test_of_many_notes_all_show_a_first_paragraph_rather_than_few_all() -> None:
    rows = [([f"{SHORT}\n\n{PARAGRAPH * 2}"], 9)] * 6
    found = placed(([], 5), *rows, ([SHORT], 60), many=True)
    assert [row.across for row in found[1:7]] == [0] * 6
    forms = [form for row in found[1:7] for form in row.forms]
    assert forms.count(Form.LEAD) >= 5 and Form.TITLE not in forms


def test_a_note_shows_only_its_title_where_more_would_tear_the_code_further() -> None:
    found = placed(([], 5), ([LONG], 8), ([LONG], 6), ([SHORT], 60), many=True)
    assert found[1:3] == [Placed(0, [Form.LEAD]), Placed(0, [Form.TITLE])]


def test_a_note_that_is_false_of_another_version_is_higher_by_what_says_so() -> None:
    plain = card(SHORT)
    claim = OtherClaim("A claim of some length that is false there.", "", "")
    told = plain._replace(otherwise=(Otherwise(plain.reason, (claim,)),))
    assert note_height(told) > note_height(plain) + 2 * LINE
    assert note_height(told, Form.TITLE) > note_height(plain, Form.TITLE) + 2 * LINE


def test_a_folded_note_is_lower_the_less_of_it_is_seen() -> None:
    one = card(LONG)
    heights = [note_height(one, form) for form in (Form.WHOLE, Form.LEAD, Form.TITLE)]
    assert heights == sorted(heights, reverse=True) and heights[0] > 2 * heights[1]


def test_chinese_takes_twice_the_room_of_as_many_letters() -> None:
    assert note_height(card("字" * 400)) == note_height(card("x" * 800))


def test_a_list_of_notes_that_reaches_below_the_first_note_pushes_it() -> None:
    standing = [[], [card(SHORT)] * 9]
    listed = list_height(standing[1])
    assert list_pushes(standing, [0, 90 * LINE], listed)
    assert not list_pushes(standing, [listed, 90 * LINE], listed)


def test_columns_have_a_least_width_and_words_stay_whole() -> None:
    assert least_width([["x", "x"]]) == least_width([["x" * 7, "x"]])
    assert least_width([["x" * 30, "x"]]) == least_width([["x", "x"]]) + 23
    assert least_width([["汉字与代码混排", "x"]]) > least_width([["x", "x"]])
    assert least_width([["用`a_long_name_of_code`算", "x"]]) > 20
    assert least_width([]) == 0


def test_a_table_stands_in_a_frame_that_is_named_by_its_heads() -> None:
    head = '<tr>\n<th>a "b"</th>\n<td></td><th>c<a class="mark by-run" href="#x">●</a></th></tr>'
    html = framed(f"<table>\n<thead>\n{head}</thead></table>")
    assert html.startswith(
        '<div class="table" tabindex="0" role="group" aria-label="a &quot;b&quot;, c">'
    )
    assert 'class="table broad"' in framed(f"<table><tr><td>{'x' * 80}</td></tr></table>")
    assert framed("no table") == "no table"


def test_a_hundred_notes_are_placed_in_no_time() -> None:
    begin = time.process_time()
    found = placed(*[([LONG], 2)] * 100, many=True)
    assert len(found) == 100
    assert time.process_time() - begin < 2
