"""Bytes to text as Python reads source: byte order mark, coding cookie, else UTF-8 (PEP 263).

Nothing is guessed: bytes that the declared encoding does not allow are an error that names the
line. Line ends stay as they are, and null bytes are left for the parser to refuse.
"""

from __future__ import annotations

import codecs
import io
import tokenize

from srcread.errors import SourceError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes, place: str = "the file") -> str:
    """Return the text of a Python source file; `place` names it in an error.

    Raises:
        SourceError: the encoding is unknown to Python, or the bytes are not of it.
    """
    if data.startswith(_UTF16):
        raise SourceError(_undecodable(place, 1, "it is UTF-16, which Python does not read"))
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        if _first_lines_are_utf8(data):
            raise SourceError(_undecodable(place, 1, str(error.msg))) from None
        encoding = "utf-8"  # to name the very line, which detect_encoding does not
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"byte 0x{data[error.start]:02x} is not valid {encoding}"
    except (LookupError, ValueError) as error:  # a codec that is not of text, as rot13 or hex
        line, problem = 1, str(error)
    raise SourceError(_undecodable(place, line, problem))


def _first_lines_are_utf8(data: bytes) -> bool:
    try:
        b"\n".join(data.split(b"\n", 2)[:2]).decode()
    except UnicodeDecodeError:
        return False
    return True


def _undecodable(place: str, line: int, problem: str) -> str:
    return (
        f"{place}:{line}: the text cannot be decoded: {problem}. "
        "Save it as UTF-8, or declare its encoding in its first line."
    )
