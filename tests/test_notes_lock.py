"""The lock knows whether an anchor still stands where its author saw it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from support.notes_lookup import Texts

from srcread.errors import SrcreadError
from srcread.model import Anchor, AnchorStatus, Location
from srcread.notes.anchors.locate import locate
from srcread.notes.anchors.lock import (
    Comparison,
    Lock,
    compare,
    lock_location,
    lock_note,
    read_lock,
    write_lock,
)

TEXT = """\
def attend(query, key):
    if query is None:
        weights = softmax(key)
    scores = linear(query)
    return scores
"""


def location(at: str | None, text: str = TEXT) -> Location:
    found = locate(Anchor("m.attend", at), Texts({"m": text}))
    assert isinstance(found, Location), found
    return found


def compared(at: str | None, changed: str) -> Comparison:
    """Lock an anchor in TEXT and compare it with its place in the changed text."""
    return compare(location(at, changed), lock_location(location(at)), Texts({"m": changed}))


def test_an_unchanged_place_is_found() -> None:
    assert compared("assign scores", TEXT) == Comparison(AnchorStatus.FOUND)


def test_a_place_on_other_lines_in_other_formatting_is_found() -> None:
    changed = "# new\n\n" + TEXT.replace("linear(query)", "linear(\n        query\n    )")
    assert compared("assign scores", changed).status is AnchorStatus.FOUND


def test_another_statement_is_changed() -> None:
    changed = compared("assign scores", TEXT.replace("linear(query)", "linear(key)"))
    assert changed == Comparison(AnchorStatus.CHANGED, "The statement differs from the lock.")


def test_another_enclosing_header_is_changed() -> None:
    changed = compared("assign weights", TEXT.replace("is None", "is key"))
    assert changed.status is AnchorStatus.CHANGED
    assert changed.hint == "What encloses the statement differs from the lock."


def test_a_new_twin_is_changed() -> None:
    twin = TEXT.replace(
        "    return", "    for x in key:\n        scores = linear(query)\n    return"
    )
    changed = compare(
        location("assign scores #1", twin),
        lock_location(location("assign scores")),
        Texts({"m": twin}),
    )
    assert changed.status is AnchorStatus.CHANGED
    assert changed.hint == "It was 1 of 1 identical statements and is 1 of 2 now."


def test_a_count_that_slides_to_another_statement_is_never_found() -> None:
    before = "def attend(x):\n    a(x)\n    step(x)\n    b(x)\n    step(x)\n"
    after = before.replace("    a(x)\n", "    a(x)\n    step(x)\n")
    locked = lock_location(location("call step #2", before))
    found = compare(location("call step #2", after), locked, Texts({"m": after}))
    assert found.status is AnchorStatus.CHANGED


def test_a_statement_that_stands_elsewhere_in_the_symbol_is_moved() -> None:
    before = "def attend(x):\n    if x:\n        y = a(x)\n    else:\n        y = b(x)\n"
    after = before.replace("a(x)", "c(x)").replace("b(x)", "a(x)")
    locked = lock_location(location("if x > assign y", before))
    moved = compare(location("if x > assign y", after), locked, Texts({"m": after}))
    assert moved.status is AnchorStatus.MOVED
    assert moved.hint == "The locked statement stands at lines 5-5 now: 'call a'."


def test_a_statement_that_stands_elsewhere_twice_is_changed() -> None:
    before = "def attend(x):\n    y = a(x)\n"
    after = """\
def attend(x):
    if x:
        y = c(x)
    while x:
        y = a(x)
    y = a(x)
"""
    locked = lock_location(location("assign y", before))
    found = compare(location("if x > assign y", after), locked, Texts({"m": after}))
    assert found.status is AnchorStatus.CHANGED


def test_the_same_statement_in_another_symbol_or_file_is_moved() -> None:
    here = location("assign scores")
    for locked in (
        replace(lock_location(here), symbol="m.other"),
        replace(lock_location(here), path="example:old.py"),
    ):
        moved = compare(here, locked, Texts({"m": TEXT}))
        assert moved.status is AnchorStatus.MOVED
        assert repr(locked.symbol) in moved.hint and repr(locked.path) in moved.hint


def test_a_whole_symbol_is_found_or_changed() -> None:
    assert compared(None, "x = 1\n" + TEXT).status is AnchorStatus.FOUND
    assert compared(None, TEXT.replace("softmax", "relu")).status is AnchorStatus.CHANGED


def test_another_selector_for_the_same_place_is_found() -> None:
    found = compare(
        location("call linear"), lock_location(location("assign scores")), Texts({"m": TEXT})
    )
    assert found.status is AnchorStatus.FOUND


@pytest.mark.parametrize("field", ["digest", "headers"])
def test_a_digest_of_another_rule_is_unknown_not_changed(field: str) -> None:
    here = location("assign scores")
    locked = lock_location(here)
    if field == "digest":
        locked = replace(locked, digest="d2:beef")
    else:
        locked = replace(locked, headers="d2:beef")
    unknown = compare(here, locked, Texts({"m": TEXT}))
    assert unknown == Comparison(None, "The lock has digests of another rule, 'd2'.")


def lock() -> Lock:
    return lock_note("scores", "torch", "2.13.0", [location("assign scores"), location(None)])


def test_a_written_lock_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "lock" / "scores.json"
    assert write_lock(path, lock())
    assert read_lock(path) == lock()


def test_a_lock_file_has_sorted_keys_no_source_and_a_newline_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    write_lock(path, lock())
    text = path.read_text(encoding="utf-8")
    data = json.loads(text)
    assert text == json.dumps(data, indent=2, sort_keys=True) + "\n"
    assert set(data) == {"format", "note", "distribution", "version", "anchors"}
    assert data["format"] == 1
    assert {key: data["anchors"][0][key] for key in ("symbol", "at", "path", "lines")} == {
        "symbol": "m.attend",
        "at": "assign scores",
        "path": "example:m.py",
        "lines": [4, 4],
    }
    assert set(data["anchors"][0]) - {"symbol", "at", "path", "lines"} == {
        "digest",
        "headers",
        "number",
        "twins",
    }
    assert "linear" not in text


def test_an_equal_lock_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    write_lock(path, lock())
    before = path.stat()
    assert not write_lock(path, lock())
    assert path.stat() == before
    assert write_lock(path, replace(lock(), version="2.14.0"))
    assert [each.name for each in tmp_path.iterdir()] == ["scores.json"]


def test_a_missing_lock_is_none(tmp_path: Path) -> None:
    assert read_lock(tmp_path / "scores.json") is None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "Expecting property name"),
        (b"[]", "it is not of format 1"),
        (b'{"format": 2}', "it is not of format 1"),
        (b'{"format": 1}', "has no key 'note'"),
        (b'{"format": 1, "note": 3}', "3 should be a text"),
        (
            b'{"format": 1, "note": "a", "distribution": "b", "version": null, "anchors": [{}]}',
            "has no key 'lines'",
        ),
        (b"\xff\xfe", "can't decode"),
        (b"[" * 100_000, "recursion"),
    ],
)
def test_a_broken_lock_says_what_is_wrong_and_what_to_run(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "scores.json"
    path.write_bytes(content)
    with pytest.raises(SrcreadError) as raised:
        read_lock(path)
    message = str(raised.value)
    assert message.startswith("lock file 'scores.json' cannot be read: ")
    assert why in message
    assert message.endswith("Write it again: srcread accept scores")
    assert "\n" not in message


def test_a_lock_that_is_a_pipe_is_refused_and_nobody_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "note.json")
    with pytest.raises(SrcreadError, match=r"'note\.json' cannot be read: .*it is no plain file"):
        read_lock(tmp_path / "note.json")
