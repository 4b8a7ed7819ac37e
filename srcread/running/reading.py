"""A reader's own script, run to be read: once to find out what runs, once more to see it.

    discovery   the functions of the read files that run, and where each was called
    watching    with probes in those functions, and with the operators

Other than for a tour's trace, a second run that differs is told and no reason to refuse: who reads
wants to see what a script does, also where it is not seeded.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srcread.errors import SrcreadError
from srcread.model import Depends, Environment, Scenario, ScenarioGroup
from srcread.running.judge import observed
from srcread.running.plan import (
    LEVELS,
    Job,
    OwnFiles,
    Plan,
    PlannedRun,
    RunLimits,
    payload,
    plan,
)
from srcread.running.runner import run_plan
from srcread.running.targets.units import Unit
from srcread.running.traces import (
    OBSERVER,
    TRACING,
    TRACING_PYTHON,
    imported_names,
    other_output,
    targets_text,
    trace_content,
    why_failed,
)

_DISCOVERY = "discovery"
_EACH = 64
"""Calls of one place that are recorded: a loop over layers is whole, one over tokens is not."""
_LAST_LINES = 40
_ADVICE = (
    (
        r"URLError|gaierror|ConnectionError|Connect(ion)?Timeout|MaxRetryError|name resolution"
        r"|LocalEntryNotFound|OfflineMode|couldn't connect|Network is unreachable",
        "It reaches no network: download first, and show it the folder with --data.",
    ),
    (
        r"Read-only file system|PermissionError",
        "It may write below tempfile.gettempdir() only.",
    ),
    (
        r"No such file or directory|FileNotFoundError|can't find|does not exist",
        "It sees its own folder, the entry's and its environment: show it more with --data.",
    ),
    (r"\bneeds \w+|ModuleNotFoundError", "Name with --python the environment that has it."),
    (r"took longer than|used more than|memory", "--limit gives it more, as 30m,32GB."),
)
"""Words of an error, and what to do about it where a script runs confined."""
_ODD = re.compile(r"[^\w.-]+")

READING_LIMITS = RunLimits(
    wall_seconds=600,
    cpu_seconds=3600,
    cpu_counted=3600,
    memory_bytes=16 << 30,
    processes=256,
    open_files=1024,
    file_bytes=1 << 30,
    record_bytes=64 << 20,
)


@dataclass(frozen=True, slots=True)
class Script:
    """A script to run: its text, what it takes itself for, and what it may read."""

    text: str
    title: str
    own: OwnFiles

    @property
    def stem(self) -> str:
        """A name for its copy: letters, digits, and what a stem of a note may have."""
        return _ODD.sub("-", Path(self.own["script"]).stem).strip("-") or "script"


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Where and how a script runs; the first of `levels` that this machine has confines it."""

    python: Path | None = None
    device: str = "cpu"
    limits: RunLimits = READING_LIMITS
    trusted: bool = False
    levels: Sequence[str] = LEVELS
    distributions: Sequence[str] = ("torch",)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What ran: functions [file, first line, name] and calls, as the observer lists them.

    `entered` are those own functions that the script came to first: number, and the module of the
    class of the first argument. `called` and `made` count modules by the full name of their class:
    the calls of them, and those that the script's variables hold.
    """

    functions: Sequence[Sequence[Any]]
    calls: Sequence[Sequence[Any]]
    entered: Sequence[tuple[int, str]]
    environment: Environment
    called: Mapping[str, int]
    made: Mapping[str, int]
    outcome: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Watched:
    """The content of a trace, how many calls it leaves out, and what two runs differed in."""

    content: Mapping[str, Any]
    left_out: int
    differences: tuple[str, ...]


class ScriptError(SrcreadError):
    """A script that did not run to its end; `output` are the last lines that it printed."""

    def __init__(self, message: str, output: Sequence[str]) -> None:
        super().__init__(message)
        self.output = tuple(output)


def discover(
    script: Script,
    roots: Sequence[str],
    own: Sequence[str],
    plumbing: Sequence[str],
    settings: RunSettings,
) -> Discovery:
    """Run a script and return which functions below the paths `roots` ran, and their calls.

    `own` are those roots that the reader asked for, `plumbing` the full names of functions that
    only hand calls on.

    Raises:
        ScriptError: the script fails.
        SrcreadError: the interpreter, device or sandbox cannot be had.
    """
    about = {"roots": list(roots), "own": list(own), "plumbing": list(plumbing)}
    environment, told = _run(script, [], (_DISCOVERY, about), settings)
    left = {key: told[key] for key in ("output", "random")}
    return Discovery(
        functions=told["functions"],
        calls=told["calls"],
        entered=told["entered"],
        environment=environment,
        called=told["called"],
        made=told["made"],
        outcome=left,
    )


def watch(
    script: Script,
    units: Sequence[Unit],
    found: Discovery,
    settings: RunSettings,
    *,
    digests: Mapping[str, str],
    date: str,
) -> Watched:
    """Run a script once more, and return the trace of these functions; `digests` are theirs.

    Raises:
        SrcreadError: as `discover`.
    """
    profile = "operators" if settings.device == "cpu" else "kernels"
    about = {"probes": True, "profile": profile, "each": _EACH, "every": True}
    environment, told = _run(script, units, (OBSERVER, about), settings)
    calls: dict[str, int] = {}
    for name, count in found.called.items():
        short = name.rpartition(".")[2]
        calls[short] = calls.get(short, 0) + count
    scenario = Scenario(
        script.stem, Path(script.own["script"]), script.title, ScenarioGroup.READING, False,
        script.text,
    )  # fmt: skip
    content = trace_content(scenario, environment, told, digests, calls=calls, date=date)
    differing = list(other_output(found.outcome["output"], told["output"], "the second run"))
    if not differing and found.outcome["random"] != told["random"]:
        differing = ["the second run left the random generators in another state"]
    return Watched(content, told["trace"]["left_out"], tuple(differing))


def _run(
    script: Script, units: Sequence[Unit], observer: tuple[str, Any], settings: RunSettings
) -> tuple[Environment, Mapping[str, Any]]:
    planned = _plan(script, units, observer, settings)
    (run,) = planned["runs"]
    with contextlib.closing(run_plan(planned, settings.python)) as done:
        environment, outcome = next(done)
    if said := why_failed(run, environment, outcome, planned["limits"], observer[0]):
        message = f"The script did not run to its end: {said}.{_advice(said)}"
        raise ScriptError(message, outcome["output"].rstrip().splitlines()[-_LAST_LINES:])
    told = (observed(run, outcome) or {})[observer[0]]
    return environment, told


def _plan(
    script: Script, units: Sequence[Unit], observer: tuple[str, Any], settings: RunSettings
) -> Plan:
    planned = plan(
        [Job(script.stem, script.text, (), Depends(""))],
        settings.limits,
        device=settings.device,
        distributions=settings.distributions,
        levels=settings.levels,
        own=script.own,
        trusted=settings.trusted,
    )
    run: PlannedRun = {**planned["runs"][0], "observers": [observer], "checked": False}
    names = (*TRACING, "tracing/discovery")
    texts = {**payload(names), "targets": targets_text(units)}
    return {
        **planned,
        "requires_python": TRACING_PYTHON,
        "preload": list(_imported(script)),
        "payload": {**planned["payload"], **texts},
        "runs": [run],
    }


def _imported(script: Script) -> Iterator[str]:
    """Yield what the script imports of its environment, for the process that it is a fork of.

    Not what lies in its own folders: that is for the run, which is confined more.
    """
    own = [Path(folder) for folder in script.own["importable"]]

    def is_own(name: str) -> bool:
        top = name.partition(".")[0]
        return any((at / top).is_dir() or (at / f"{top}.py").is_file() for at in own)

    for module, name in imported_names(ast.parse(script.text)):
        if not is_own(module):
            yield f"{module}:{name}" if name else module


def _advice(said: str) -> str:
    """Return what to do about an error that the confinement may be the reason of."""
    found = (advice for words, advice in _ADVICE if re.search(words, said))
    return "".join(f" {advice}" for advice in found)
