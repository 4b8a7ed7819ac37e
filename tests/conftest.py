"""What tests share: a cache of their own, no network beyond this machine, a browser if asked."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from support.browser_tools import chromium

_NOT_MEASURED = ("test_browser_*", "test_whole_*", "*_generated", "*_torch", "test_html_checker")
"""Modules of large inputs; small tests run all but some 50 of their lines, at half the time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the calls of what is large out of the measure of coverage."""
    for item in items:
        if any(item.path.match(f"{name}.py") for name in _NOT_MEASURED):
            item.add_marker("no_cover")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are processors: tests of limits wait for them to pass."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand each process a stretch of neighbours: what a module sets up is set up once.

    Who is done takes half of what another has left, so that all end together.
    """
    if config.getvalue("dist") != "load":  # another way was asked for
        return None
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let no test see or touch the user's cache; processes that a test starts inherit it."""
    before = os.environ.get("SRCREAD_CACHE")
    os.environ["SRCREAD_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["SRCREAD_CACHE"]
    else:
        os.environ["SRCREAD_CACHE"] = before


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse connections to other machines: a test that needs one is wrong, not slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_ALLOW_PROTOCOL", "file")  # git opens sockets of its own
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium of the module's own."""
    with chromium() as running:
        yield running


def _guarded(connect: Any) -> Any:
    def connect_here(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if host not in ("localhost", "::1") and not host.startswith("127."):
                raise ConnectionRefusedError(f"a test connects to {host!r}, beyond this machine")
        return connect(self, address)

    return connect_here
