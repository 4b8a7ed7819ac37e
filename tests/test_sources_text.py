"""Bytes to text by PEP 263."""

from __future__ import annotations

import codecs
import tokenize

import pytest

from srcread.errors import SourceError
from srcread.sources import decode


def test_source_without_a_cookie_is_utf8() -> None:
    assert decode("x = 'é注'\n".encode()) == "x = 'é注'\n"


def test_a_cookie_in_the_second_line_counts() -> None:
    data = b"#!/usr/bin/python\n# -*- coding: latin-1 -*-\nx = '\xe9'\n"
    assert decode(data).endswith("x = 'é'\n")


def test_a_cookie_in_the_third_line_does_not_count() -> None:
    with pytest.raises(SourceError, match=r"a\.py:4: .*0xe9 is not valid utf-8"):
        decode(b"\n\n# coding: latin-1\nx = '\xe9'\n", "a.py")


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode(codecs.BOM_UTF8 + b"x = 1\n") == "x = 1\n"


def test_line_ends_and_form_feeds_stay_as_they_are() -> None:
    assert decode(b"a\r\nb\rc\n\x0cd") == "a\r\nb\rc\n\x0cd"


def test_null_bytes_are_left_to_the_parser() -> None:
    assert decode(b"x = 1\0\n") == "x = 1\0\n"


def test_an_empty_file_is_an_empty_text() -> None:
    assert decode(b"") == ""


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_with_a_mark_is_named_as_such(encoding: str) -> None:
    mark = b"" if encoding == "utf-16" else "\ufeff".encode(encoding)
    with pytest.raises(SourceError, match=r"a\.py:1: .*UTF-16"):
        decode(mark + "x = 1\n".encode(encoding), "a.py")


@pytest.mark.parametrize("line", [1, 2, 3])
def test_undecodable_bytes_are_an_error_that_names_the_line(line: int) -> None:
    data = b"\n" * (line - 1) + b"x = '\xff'\n"
    with pytest.raises(SourceError, match=rf"pkg/a\.py:{line}: .*0xff is not valid utf-8"):
        decode(data, "pkg/a.py")


@pytest.mark.parametrize(
    "cookie", ["klingon", "rot13", "hex", "undefined", "utf-8-klingon", "idna\u00a0"]
)
def test_an_encoding_that_python_does_not_read_is_an_error(cookie: str) -> None:
    with pytest.raises(SourceError, match=r"the file:\d: the text cannot be decoded"):
        decode(f"# coding: {cookie}\nx = '\u00e9'\n".encode("latin-1"))


def test_a_mark_and_another_cookie_contradict_each_other() -> None:
    with pytest.raises(SourceError, match="cannot be decoded"):
        decode(codecs.BOM_UTF8 + b"# coding: latin-1\n")


def test_every_test_file_here_reads_as_python_reads_it() -> None:
    with tokenize.open(__file__) as file, open(__file__, "rb") as raw:
        assert decode(raw.read()).replace("\r\n", "\n") == file.read()
