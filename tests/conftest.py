"""What tests share: a cache of their own, no network beyond this machine, a browser if asked."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from support.browser_tools import chromium

_NOT_MEASURED = (
    *("test_browser_*", "test_whole_*", "*_generated", "*_torch", "test_html_checker"),
    *(f"test_benchmark_{name}" for name in ("layout", "recorder")),
    *(
        f"test_evidence_{name}"
        for name in (
            *("agreeing", "errors", "forging", "grades", "mocks", "respelled", "runner"),
            *("sandbox", "unseen", "values"),
        )
    ),
    *("test_findings_pages", "test_graph_native_lists", "test_graph_solver"),
    *("test_imports", "test_index_flow", "test_index_imports", "test_notes_selector_shortest"),
    *("test_own_package_page", "test_packaging", "test_read_run_else", "test_server_wire"),
    *("test_site_chains", "test_site_mounts", "test_support_cache"),
    *(
        f"test_story_{name}"
        for name in (
            *("bare_machine", "confirm", "ended", "equations", "installed", "one_note"),
            *("same_source", "search", "serve"),
        )
    ),
    *(f"test_trace_{name}" for name in ("condensed", "neutral", "tour")),
)
"""Modules that coverage is not measured of, for it takes more than twice the time of the tests.

They are more than half of all tests by time; 207 of 70,929 branches are reached by them alone.
"""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Leave what is not measured out of coverage, with all that it sets up."""
    measure = getattr(item.config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    left_out = any(item.path.match(f"{name}.py") for name in _NOT_MEASURED)
    if measure is None or not left_out:
        return (yield)
    measure.pause()
    try:
        return (yield)
    finally:
        measure.resume()


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
