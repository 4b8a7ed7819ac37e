"""Models that are run for the tests of maps: their traces, their code, and what hooks saw."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from srcread.evidence.traces.content import trace_of
from srcread.model import Trace
from srcread.opening.code import Code
from srcread.opening.entry import walk_entry
from srcread.running.traces import missed
from srcread.stories.trace import watched
from support.trace_example import ABOUT, ENVIRONMENT

DATA = Path(__file__).parents[1] / "data"
_RECORDER = Path(__file__).with_name("map_recorder.py")


class ModelRun(NamedTuple):
    """A run of a model: its trace, its code, and class and shapes of each innermost module call."""

    trace: Trace
    code: Code
    hooked: list[tuple[str, str, str]]


def run_model(entry: str, setup: str, folder: Path) -> ModelRun:
    """Run what a setup makes as `model` on its `inputs`; the entry says what is watched."""
    code = walk_entry(entry)
    (folder / "units.json").write_text(json.dumps(list(watched(code))), "utf-8")
    path = f"import sys; sys.path[:0] = {[str(DATA / 'gpt'), str(DATA / 'maps')]!r}\n"
    (folder / "setup.py").write_text(path + setup, "utf-8")
    command = [sys.executable, str(_RECORDER), str(folder / "units.json"), str(folder / "setup.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    content, calls, hooked = json.loads(done.stdout.splitlines()[-1])
    symbols = [[name, "d1:0", *rest] for name, *rest in content["symbols"]]
    content |= missed(calls, content)
    trace = trace_of({**ABOUT, **content, "symbols": symbols, "environment": ENVIRONMENT})
    return ModelRun(trace, code, [(kind, given, made) for kind, given, made in hooked])
