"""What a child is told: snippets made to report, limits, what its interpreter must be, its modules.

A plan is plain JSON, so that another environment's interpreter or another machine can run it. Each
run has a key of its own; the judge keeps the plan, and with it the keys. Later settings (mutants,
probes, several devices) are further keys of a run. Only the version of a *format* says that a key
has changed its meaning.
"""

from __future__ import annotations

import ast
import re
import secrets
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from srcread.about import PACKAGE
from srcread.errors import SrcreadError
from srcread.evidence.bounds import MOST_OUTPUT
from srcread.model import Claim, Depends
from srcread.running.claims.instrument import instrument, read_tree
from srcread.running.claims.site import PlannedSite
from srcread.running.targets.targets import NO_TARGETS, Targets

PLAN_FORMAT = 1
REQUIRED_PYTHON = (3, 9)

LEVELS = ("namespaces", "bubblewrap", "Landlock", "limits")

_CHILD = Path(PACKAGE).resolve() / "child"

MAIN = _CHILD / "main.py"
"""The file that another interpreter runs. Resolved: a child that starts further ones sees its own
file, and no link on the way to it."""

_ALWAYS = (
    "environment",
    "execute",
    "reporter",
    "sites",
    "constants",
    "describing",
    "deciding",
    "bindings",
    "keeping",
    "mocks",
    "memory",
    "lab",
    "grids",
    "sandbox/confine",
    "sandbox/system",
    "sandbox/view",
    "sandbox/namespaces",
    "sandbox/bubblewrap",
    "sandbox/landlock",
    "sandbox/limits",
    "sandbox/watch",
)
_STEM = re.compile(r"[\w.-]+")
# What the warm process imports before it forks, by the import that asks for it. torch imports the
# other three lazily, inside some calls: 68 snippets took 4.6 s without sympy and 2.2 s with it.
_OF_TORCH = ("torch", "sympy", "mpmath", "torch.fx.experimental.symbolic_shapes")
_PRELOADS = {"torch": _OF_TORCH, "numpy": ("numpy",)}


@dataclass(frozen=True, slots=True)
class Job:
    """One snippet to run: its note's stem, its text, its claims, what the run depends on.

    `targets` are what the note is about, to be watched in a second run. `equations` are those that
    the snippet evaluates, by name: each with all that stands in its fence.
    """

    stem: str
    text: str
    claims: tuple[Claim, ...]
    depends: Depends
    targets: Targets = NO_TARGETS
    equations: Mapping[str, str] = field(default_factory=dict)

    @property
    def anchored(self) -> tuple[str, ...]:
        """The names of the symbols that the note is about."""
        return tuple(self.depends.symbols)


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What one run may use, in the spirit of Compiler Explorer.

    `cpu_seconds` bind each process by the kernel. `cpu_counted` are those of all processes of a run
    together: on Linux the supervisor counts them, so that a snippet cannot tell a run that may use
    fewer from others; elsewhere the kernel binds each process by these.

    `memory_bytes` and `processes` bound a run twice: by the kernel, per process and per user, and
    by the supervisor, which counts what all processes of a run hold. On a GPU and as root without
    namespaces only the second holds. `file_bytes` is one file's size and that of /tmp.
    """

    wall_seconds: float = 60
    cpu_seconds: int = 120
    cpu_counted: int = 120
    memory_bytes: int = 4 << 30
    processes: int = 64
    open_files: int = 100
    file_bytes: int = 128 << 20
    output_bytes: int = MOST_OUTPUT
    record_bytes: int = 4 << 20


DEFAULT_LIMITS = RunLimits()


class PlannedClaim(TypedDict):
    """A claim as it is counted: every part must be evaluated and true."""

    sentence: str
    parts: int


class Overlay(TypedDict):
    """A change of one file of a tree; `edit` is where, from and to in characters, and the text."""

    tree: str
    file: str
    edit: tuple[int, int, str]


Passed = tuple[int, int, int]
"""Errors that came to one line of a snippet, or, as -1 - N, out of target N; when, and how many.

When is told by how many evaluations of claims had begun.
"""


class PlannedRun(TypedDict):
    """One run. `original` is what tracebacks and `inspect` read, `source` what is executed.

    `anchored` are names of what the note is about, or modules of it. In `source`, texts that begin
    with `mark` stand for what reports the `sites`, and the ends of imports. `imported` has
    what the names that the snippet imports may stand for, `methods` what it calls of objects. Of a
    `checked` run it is told what it left changed of the framework. `gives_up` says after which end
    of it no further run of its `group`, those of one job, is worth the time: `failed`, `late`, or
    neither. `observers` are pairs of a module of the plan's `payload` and what it is told. With
    `errors`, those that pass through the snippet are told, save for as many as are listed. What
    imports the lab is given the `equations` that it evaluates, which may be none. With an
    `overlay`, the run is given a changed copy of a source tree. `limits` are those of the plan's by
    which the supervisor ends this run otherwise.
    """

    stem: str
    group: int
    anchored: list[str]
    original: str
    source: str
    mark: str
    sites: list[PlannedSite]
    imported: dict[str, list[str]]
    methods: list[str]
    claims: list[PlannedClaim]
    key: str
    soft: bool
    checked: bool
    gives_up: str
    observers: list[tuple[str, Any]]
    errors: list[Passed] | None
    equations: dict[str, str] | None
    overlay: Overlay | None
    limits: dict[str, float]


class SandboxWanted(TypedDict):
    """The levels of confinement to try, in order, and whether nothing runs without a sandbox."""

    levels: list[str]
    required: bool


class GivenTrees(TypedDict):
    """The source trees that a batch may read: `NAME==VERSION` to root and revision.

    `versions` are those of the tour's own distributions among them: what runs of these is the tree.
    """

    trees: dict[str, tuple[str, str]]
    versions: dict[str, str]


NO_TREES: GivenTrees = {"trees": {}, "versions": {}}


class OwnFiles(TypedDict):
    """What a run may read beside its environment, and what a script of the reader's is told.

    `importable` are folders that stand first on the path of imports, `readable` the files and
    folders that it sees. A run works in `folder`, where it may not write, if that is given.
    `script` is the file that it takes itself for, else its own copy, and `arguments` are those
    behind it.
    """

    importable: list[str]
    readable: list[str]
    folder: str
    script: str
    arguments: list[str]


NO_FILES: OwnFiles = {
    "importable": [],
    "readable": [],
    "folder": "",
    "script": "",
    "arguments": [],
}


class Plan(TypedDict):
    """A batch of runs for one interpreter and one kind of device.

    `warm` runs are forks of one process, which CUDA does not survive. `payload` holds the texts of
    the modules of srcread.child that its runs need. Of `packages`, as far as they are imported
    then, and of `modules_of_claims`, it is kept before any run what their names stand for.
    `preload` names modules, or attributes `module:name`, which a package may import when asked.
    A plan that `goes_on` is told further runs when these are done.
    """

    format: int
    requires_python: list[int]
    device: str
    warm: bool
    distributions: list[str]
    modules: list[str]
    preload: list[str]
    packages: list[str]
    modules_of_claims: list[str]
    limits: dict[str, float]
    payload: dict[str, str]
    sandbox: SandboxWanted
    given: GivenTrees
    own: OwnFiles
    goes_on: bool
    runs: list[PlannedRun]


def plan(
    jobs: Sequence[Job],
    limits: RunLimits = DEFAULT_LIMITS,
    *,
    device: str = "cpu",
    distributions: Sequence[str] = ("torch",),
    modules: Sequence[str] = (),
    levels: Sequence[str] = LEVELS,
    given: GivenTrees = NO_TREES,
    own: OwnFiles = NO_FILES,
    trusted: bool,
) -> Plan:
    """Return the plan of a batch; `distributions` are those whose versions a run depends on.

    So it does on what its snippet imports.

    `modules` are those of which the child tells where they lie, `given` the source trees of what is
    not installed.
    Snippets that are not `trusted` are not run where this machine has no sandbox.

    Raises:
        SrcreadError: a snippet cannot be parsed, or does not say one of its claims.
    """
    imported = {name for job in jobs for name in imported_packages(job)}
    runs = [_run(number, job, _observers(job, device)) for number, job in enumerate(jobs)]
    ours = _modules_of_claims(runs)
    return {
        "format": PLAN_FORMAT,
        "requires_python": list(REQUIRED_PYTHON),
        "device": device,
        "warm": device == "cpu",
        "distributions": sorted({*distributions, *recorded_packages(imported)}),
        "modules": sorted(modules),
        "preload": [*ours, *(name for key in sorted(imported) for name in _PRELOADS.get(key, ()))],
        "packages": sorted(_kept_packages({*imported, *_tops(modules, jobs)}, jobs)),
        "modules_of_claims": ["builtins", *ours],
        "limits": asdict(limits),
        "payload": payload(_ALWAYS),
        "sandbox": {"levels": list(levels), "required": not trusted},
        "given": given,
        "own": own,
        "goes_on": False,
        "runs": runs,
    }


def payload(names: Iterable[str]) -> dict[str, str]:
    """Return the texts of these modules of the child by name, as the child's `load` names them.

    The child is one file, and what it is told is one line of JSON. So the modules travel as texts,
    under their own names without folders, and both ends of the records are of one version. For
    example, `payload(["reporter", "sandbox/limits"])` has the keys `reporter` and `limits`.
    """
    return {name.rpartition("/")[2]: (_CHILD / f"{name}.py").read_text("utf-8") for name in names}


def _observers(job: Job, device: str) -> list[tuple[str, Any]]:
    """Return the observers of a plain run, which change nothing of what it does."""
    observers: list[tuple[str, Any]] = [("memory", None)] if device == "cuda" else []
    files = {file.path: file.name for file in job.targets.files}
    takes = [("lab", files), ("grids", None)] if "srcread" in imported_packages(job) else []
    return [*observers, *takes]


def _run(group: int, job: Job, observers: list[tuple[str, Any]]) -> PlannedRun:
    if not _STEM.fullmatch(job.stem):
        raise SrcreadError(f"{job.stem!r} is no stem of a note: letters, digits, '-', '_', '.'.")
    made = instrument(f"{job.stem}.py", job.text, job.claims)
    return {
        "stem": job.stem,
        "group": group,
        "anchored": sorted({*job.anchored, *_modules_of(job)}),
        "original": job.text,
        "source": made.text,
        "mark": made.mark,
        "sites": list(made.sites),
        "imported": {name: list(targets) for name, targets in made.imported.items()},
        "methods": sorted(made.methods),
        "claims": [{"sentence": claim.sentence, "parts": claim.parts} for claim in job.claims],
        "key": secrets.token_hex(32),
        "soft": False,
        "checked": True,
        "gives_up": "failed",
        "observers": observers,
        "errors": None,
        "equations": dict(job.equations) if "srcread" in imported_packages(job) else None,
        "overlay": None,
        "limits": {},
    }


def _modules_of(job: Job) -> set[str]:
    """Return the modules of the functions that a note is about."""
    return {target.unit["module"] for target in job.targets.found}


def _tops(modules: Sequence[str], jobs: Sequence[Job]) -> set[str]:
    """Return the top-level packages of a tour, and of what its notes are about."""
    names = {*modules, *(name for job in jobs for name in (*job.anchored, *_modules_of(job)))}
    return {name.partition(".")[0] for name in names}


def _kept_packages(names: set[str], jobs: Sequence[Job]) -> set[str]:
    """Return the packages whose functions must be the originals: the lab's, too, if it decides."""
    evaluates = any(job.equations for job in jobs)
    return recorded_packages(names) | ({"srcread"} if evaluates else set())


def _modules_of_claims(runs: Sequence[PlannedRun]) -> list[str]:
    """Return the modules of the standard library whose functions claims call."""
    targets = {
        target
        for run in runs
        for site in run["sites"]
        for name in site["called"]
        for target in run["imported"].get(name.partition(".")[0], ())
    }
    modules = {target.partition(":")[0] for target in targets}
    return sorted(name for name in modules if name.partition(".")[0] in sys.stdlib_module_names)


def recorded_packages(names: Iterable[str]) -> set[str]:
    """Return the packages whose versions are recorded, as the distributions of the same name."""
    return set(names) - sys.stdlib_module_names - {"srcread"}


def imported_packages(job: Job) -> set[str]:
    """Return the top-level packages that a snippet imports.

    Raises:
        SrcreadError: it cannot be parsed.
    """
    names: set[str] = set()
    for node in ast.walk(read_tree(f"{job.stem}.py", job.text)):
        match node:
            case ast.Import():
                names.update(alias.name.partition(".")[0] for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module.partition(".")[0])
    return names
