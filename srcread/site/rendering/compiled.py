"""Compiled templates, kept in the user's cache: compiling ours takes as long as twenty pages.

jinja2 compares a template's text and its own version before it uses one, but nothing tells it of a
damaged file: Python would run other code, or die of it. So a checksum stands before the bytecode.
Nor does it know our own generator of code (`lean`): the checksum is of its digest, too.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from srcread.support.cache import cache_folder, sealed, unsealed, warn_unkept


class CompiledTemplates(BytecodeCache):
    """The compiled templates of the cache; what is damaged is compiled again.

    `code` is a digest of all that turns a template into code.
    """

    def __init__(self, code: str) -> None:
        self._folder = cache_folder() / "templates"
        self._code = code

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if its file is as it was written."""
        with suppress(OSError):
            kept = unsealed(self._name(bucket), self._path(bucket).read_bytes())
            if kept is not None:
                bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a bucket holds, whole or not at all."""
        path = self._path(bucket)
        half = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            half.write_bytes(sealed(self._name(bucket), bucket.bytecode_to_string()))
            with suppress(OSError):
                path.rmdir()  # an empty folder in its place
            half.replace(path)
        except OSError as error:
            warn_unkept(cache_folder(), error)
            with suppress(OSError):
                half.unlink(missing_ok=True)

    def _name(self, bucket: Bucket) -> str:
        return f"{bucket.key} {self._code}"

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.compiled"
