"""The page "Annotate your own package", followed word for word in an empty repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.pinned_torch import needs_pinned_torch
from support.story_example import ROOT

PAGE = (ROOT / "docs" / "own-package.md").read_text("utf-8")
BLOCK = re.compile(
    r"(?:^\*(?P<file>[^*\n]+)\*:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```", re.M | re.S
)
MOST_SECONDS = 300


@needs_pinned_torch
@pytest.mark.skipif(sys.platform != "linux", reason="what is printed is Linux's")
def test_the_page_leads_from_an_empty_repository_to_two_confirmed_notes(tmp_path: Path) -> None:
    here, programs = tmp_path / "repository", tmp_path / "bin"
    for folder in (here, programs):
        folder.mkdir()
    program = programs / "srcread"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m srcread "$@"\n')
    program.chmod(0o755)
    subprocess.run(["git", "init", "-q", here], check=True)
    path = f"{programs}:{os.environ['PATH']}"
    variables = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    began, printed, followed = time.monotonic(), "", 0
    for block in BLOCK.finditer(PAGE):
        kind, text = block["kind"], block["text"]
        if block["file"]:
            file = here / block["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        elif kind == "sh":
            done = subprocess.run(
                ["bash", "-ec", text], cwd=here, env=variables, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{text}{done.stdout}{done.stderr}"
            printed, followed = done.stdout, followed + 1
        elif kind == "text":
            assert printed.startswith(text), f"the page shows\n{text}\nand there is\n{printed}"
        else:
            assert text == (here / "annotations" / "mini" / "tour.toml").read_text("utf-8")
    assert followed == 5
    assert time.monotonic() - began < MOST_SECONDS
    outline = (here / "site" / "en" / "mini" / "local" / "index.html").read_text("utf-8")
    for title in ("What one call of Mini goes through", "Without targets there is no loss"):
        assert title in outline
