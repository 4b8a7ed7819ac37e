"""The site of all tours that come with srcread, built once a test run, and what its pages hold.

torch's code is read where it is installed, and TensorRT-LLM's where the user's store has it; else
its tours are those of their graph.json, without code. Processes of one test run share the site.
"""

from __future__ import annotations

import fcntl
import gzip
import os
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest

from srcread.support.cache import cache_folder

STORE = cache_folder() / "sources"
"""The user's own, looked up when this is imported: tests are then given a cache of their own."""

_TREE = STORE / "tensorrt-llm-0.7.1"
HAS_TREE = _TREE.is_dir()


def whole_site(temporary: pytest.TempPathFactory) -> Path:
    """Return the folder of the built site; the first who asks builds it, others wait."""
    if find_spec("torch") is None:
        pytest.skip("needs torch installed, whose code the site shows")
    shared = temporary.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    site = shared / "whole-site"
    with (shared / "whole-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not site.exists():
            _build(site, shared / "whole-cache")
    return site


def _build(site: Path, cache: Path) -> None:
    if HAS_TREE:
        (cache / "sources").mkdir(parents=True)
        (cache / "sources" / _TREE.name).symlink_to(_TREE)
    done = subprocess.run(
        [sys.executable, "-m", "srcread", "build", "-o", site],
        env={**os.environ, "SRCREAD_CACHE": str(cache)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


class Survey(HTMLParser):
    """One page: its elements counted, its ids, every address, and the scripts that it loads."""

    _ADDRESSES = frozenset({"href", "src", "srcset", "data-script", "action", "data", "poster"})

    def __init__(self, page: Path) -> None:
        super().__init__(convert_charrefs=False)  # nobody looks at the text
        self.page = page
        data = page.read_bytes()
        self.zipped = zipped(data)
        self.elements = 0
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.scripts: list[str] = []
        self.feed(data.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        for name, value in attrs:
            if name == "id":
                self.ids.add(value or "")
            elif name in self._ADDRESSES:
                self.links.add(value or "")
                if tag == "script":
                    self.scripts.append(value or "")


def zipped(data: bytes) -> int:
    """Return a size as a server sends it."""
    return len(gzip.compress(data, 6, mtime=0))
