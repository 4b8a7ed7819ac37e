"""A reader's own script, run to be read: once to find out what runs, once more to see it.

    discovery   the functions of the read files that run, and where each was called
    watching    with probes in those functions, and with the operators

Other than for a tour's trace, a second run that differs is told and no reason to refuse: who reads
wants to see what a script does, also where it is not seeded.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
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
from srcread.running.runner import KeptChild
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

NO_TEXTS: Mapping[str, str] = MappingProxyType({})
NO_LIMITS: Mapping[str, float] = MappingProxyType({})
_DISCOVERY = "discovery"
_AUTO = ("attempt", "entry", "shrinking", "inputs", "writing")
_OBSERVERS = (*TRACING, "tracing/discovery", *(f"auto/{name}" for name in _AUTO))
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


class Interpreter:
    """An interpreter that runs what a reading asks for, one run after the other.

    What is imported before the first is there for each: `preload`, in the environment that runs.
    """

    def __init__(self, own: OwnFiles, preload: Sequence[str], settings: RunSettings) -> None:
        self._settings = settings
        self._planned: Plan = {**_plan("reading", "", own, settings), "preload": list(preload)}
        self._child = KeptChild(self._planned, settings.python)

    @property
    def failed(self) -> Mapping[str, str]:
        """What could not be imported before the first run, and why."""
        return self._child.failed

    @property
    def device(self) -> str:
        """What it runs on, `cpu` or `cuda`."""
        return self._settings.device

    def run(
        self,
        stem: str,
        text: str,
        observer: tuple[str, Any],
        *,
        texts: Mapping[str, str] = NO_TEXTS,
        limits: Mapping[str, float] = NO_LIMITS,
    ) -> tuple[Environment, Mapping[str, Any]]:
        """Run a text and return where, and what its observer told.

        `texts` are further modules for it, `limits` those that are lower than the settings'.

        Raises:
            ScriptError: it does not run to its end.
            SrcreadError: the interpreter, device or sandbox cannot be had.
        """
        (planned,) = _plan(stem, text, self._planned["own"], self._settings)["runs"]
        run: PlannedRun = {
            **planned,
            "observers": [observer],
            "checked": False,
            "gives_up": "",  # another run of this interpreter is another script
            "limits": dict(limits),
        }
        environment, outcome = self._child.run(run, texts)
        most = {**self._planned["limits"], **limits}
        if said := why_failed(run, environment, outcome, most, observer[0]):
            message = f"The script did not run to its end: {said}.{advice(said)}"
            raise ScriptError(message, outcome["output"].rstrip().splitlines()[-_LAST_LINES:])
        return environment, (observed(run, outcome) or {})[observer[0]]

    def close(self) -> None:
        """End the interpreter."""
        self._child.close()


def discover(
    interpreter: Interpreter,
    script: Script,
    roots: Sequence[str],
    own: Sequence[str],
    plumbing: Sequence[str],
) -> Discovery:
    """Run a script and return which functions below the paths `roots` ran, and their calls.

    `own` are those roots that the reader asked for, `plumbing` the full names of functions that
    only hand calls on.

    Raises:
        ScriptError: the script fails.
        SrcreadError: the interpreter, device or sandbox cannot be had.
    """
    about = {"roots": list(roots), "own": list(own), "plumbing": list(plumbing)}
    environment, told = interpreter.run(script.stem, script.text, (_DISCOVERY, about))
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
    interpreter: Interpreter,
    script: Script,
    units: Sequence[Unit],
    found: Discovery,
    *,
    digests: Mapping[str, str],
    date: str,
) -> Watched:
    """Run a script once more, and return the trace of these functions; `digests` are theirs.

    Raises:
        SrcreadError: as `discover`.
    """
    profile = "operators" if interpreter.device == "cpu" else "kernels"
    about = {"probes": True, "profile": profile, "each": _EACH, "every": True}
    environment, told = interpreter.run(
        script.stem, script.text, (OBSERVER, about), texts={"targets": targets_text(units)}
    )
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


def _plan(stem: str, text: str, own: OwnFiles, settings: RunSettings) -> Plan:
    planned = plan(
        [Job(stem, text, (), Depends(""))],
        settings.limits,
        device=settings.device,
        distributions=settings.distributions,
        levels=settings.levels,
        own=own,
        trusted=settings.trusted,
    )
    texts = {**payload(_OBSERVERS), "targets": targets_text([])}
    return {
        **planned,
        "requires_python": TRACING_PYTHON,
        "payload": {**planned["payload"], **texts},
    }


def imported(script: Script) -> list[str]:
    """Return what a script imports of its environment, to be imported once for all its runs.

    What lies in its own folders is for its runs, which are confined more; what that imports in turn
    counts, as far as it says so at its head.
    """
    found: dict[str, None] = {}
    own = [Path(folder) for folder in script.own["importable"]]
    waiting = [ast.walk(ast.parse(script.text))]
    known: set[Path] = set()
    while waiting:
        for name in imported_names(waiting.pop()):
            files = [file for at in own for file in _files_of(at, name.partition(":")[0])]
            if not files and not name.startswith("."):
                found[name] = None
            for file in files:
                if file not in known and (tree := _parsed(file)) is not None:
                    waiting.append(iter(tree.body))
                known.add(file)
    return list(found)


def _files_of(folder: Path, module: str) -> list[Path]:
    """Return the files of a module and the packages around it, if it lies in a folder."""
    parts = module.split(".")
    if not (folder / parts[0]).is_dir() and not (folder / f"{parts[0]}.py").is_file():
        return []
    places = [folder.joinpath(*parts[:count]) for count in range(1, len(parts) + 1)]
    files = [file for at in places for file in (at.with_suffix(".py"), at / "__init__.py")]
    return [file for file in files if file.is_file()] or [folder / parts[0]]


def _parsed(file: Path) -> ast.Module | None:
    try:
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None


def advice(said: str) -> str:
    """Return what to do about an error that the confinement may be the reason of."""
    found = (further for words, further in _ADVICE if re.search(words, said))
    return "".join(f" {further}" for further in found)
