"""A running `srcread serve` of the small tour, and requests to it: a browser's, a stranger's."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from support.story_example import environment, install, process, write_tour


class Server:
    """A running `srcread serve`, and requests to it as a browser or a stranger sends them."""

    def __init__(self, folder: Path, site: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "srcread", "serve", "--python", "venv", "tiny-model"],
            cwd=folder,
            env=environment(site),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.SIG_DFL
            ),  # ignored in background
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Serving at http://127.0.0.1:"), line + self.process.stdout.read()
        self.address = line.split()[-1]
        address = urlsplit(self.address)
        self.port, self.token = address.port, address.query.removeprefix("token=")
        self.origin = f"http://127.0.0.1:{self.port}"
        self.cookie = {"Cookie": f"srcread-{self.port}={self.token}"}

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        with contextlib.closing(connection):
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        status, _, body = self.ask("GET", path, None, **{**self.cookie, **headers})
        return status, body

    def run(self, note: object, **headers: str) -> tuple[int, Any]:
        own = {**self.cookie, "Origin": self.origin, "Content_Type": "application/json"}
        body = json.dumps({"note": note}).encode()
        status, found, answer = self.ask("POST", "/-/run", body, **{**own, **headers})
        is_json = found["Content-Type"] == "application/json"
        return status, json.loads(answer) if is_json else answer.decode()


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve the small tour out of an empty folder, and end it as Ctrl-C does."""
    site = install(folder / "installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    packages = next((folder / "venv" / "lib").glob("python*")) / "site-packages"
    packages.joinpath("tiny.pth").write_text(str(site))
    write_tour(folder / "annotations")
    assert process("check", "--fix", "tiny-model", cwd=folder, site=site).returncode == 0
    started = Server(folder, site)
    try:
        yield started
    finally:
        started.process.send_signal(signal.SIGINT)
        out, _ = started.process.communicate(timeout=300)
    assert (started.process.returncode, out.endswith("Ended.\n")) == (0, True), out
    assert "Traceback" not in out, out
