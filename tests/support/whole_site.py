"""The site of all tours that come with srcread, built once a test run, and what its pages hold.

torch's code is read where it is installed, and TensorRT-LLM's where the user's store has it; else
its tours are those of their graph.json, without code. Processes of one test run share the site.
"""

from __future__ import annotations

import fcntl
import gzip
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from html import unescape
from importlib.util import find_spec
from pathlib import Path

import pytest

from srcread.support.cache import cache_folder

STORE = cache_folder() / "sources"
"""The user's own, looked up when this is imported: tests are then given a cache of their own."""

_TREE = STORE / "tensorrt-llm-0.7.1"
HAS_TREE = _TREE.is_dir()


def whole_site(temporary: pytest.TempPathFactory, *tours: str) -> Path:
    """Return the folder of the built site, of all tours if none is named.

    The first who asks builds it, others wait.
    """
    if find_spec("torch") is None:
        pytest.skip("needs torch installed, whose code the site shows")
    shared = temporary.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    site = shared / ("some-tours" if tours else "whole-site")
    with (shared / "whole-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not site.exists():
            _build(site, shared / "whole-cache", tours)
    return site


def _build(site: Path, cache: Path, tours: Sequence[str]) -> None:
    if HAS_TREE and not (cache / "sources").is_dir():
        (cache / "sources").mkdir(parents=True)
        (cache / "sources" / _TREE.name).symlink_to(_TREE)
    done = subprocess.run(
        [sys.executable, "-m", "srcread", "build", *tours, "-o", site],
        env={**os.environ, "SRCREAD_CACHE": str(cache)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


class Survey:
    """One page: its elements counted, its ids, every address, and the scripts that it loads.

    Of pages as the templates write them: every value of an attribute in double quotes, no script
    or style in a page, no `>` in a value. A test holds this to a parser on a page of each kind; a
    parser takes four times as long, and there are two thousand pages.
    """

    def __init__(self, page: Path) -> None:
        self.page = page
        data = page.read_bytes()
        text = data.decode()
        self.zipped = zipped(data)
        self.elements = len(_TAG.findall(text))
        self.ids = {unescape(value) for value in _ID.findall(text)}
        self.links = {unescape(value) for value in _ADDRESS.findall(text)}
        self.scripts = [unescape(value) for value in _SCRIPT.findall(text)]


_TAG = re.compile(r"<[a-z]")
_ID = re.compile(r'<[a-z][^<>]*? id="([^"]*)"')
_ADDRESS = re.compile(r'(?<= )(?:href|src|srcset|data-script|action|data|poster)="([^"]*)"')
_SCRIPT = re.compile(r'<script[^<>]*? (?:src|data-script)="([^"]*)"')


def zipped(data: bytes) -> int:
    """Return a size as a server sends it."""
    return len(gzip.compress(data, 6, mtime=0))
