"""Read code: distributions and their files, symbols, and the call graph over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from srcread.model.positions import Diagnostic, Range


class Origin(Enum):
    """How the files of a distribution came to be on this machine."""

    INSTALLED = "installed"
    """An installed distribution, found by its metadata."""
    FOLDER = "folder"
    """A folder that the user named."""
    FILE = "file"
    """A single file that the user named."""
    WHEEL = "wheel"
    """Read out of a wheel on the package index, by range requests, into the store."""
    GIT = "git"
    """Checked out from git at a release tag, into the store."""


OWN_ORIGINS = (Origin.FOLDER, Origin.FILE)
"""Where one's own sources come from: they have no version, and nobody else has them."""


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence file of a distribution, with its text as the site shows it."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Distribution:
    """A named, versioned set of source files below one folder.

    `version` is the public version (PEP 440, without a local part) or None for a folder or file.
    `packages` are the top-level import names that lie in it. `commit` and `repository` make
    permalinks to upstream; they are None where the distribution does not say. `tag` is the
    release's in that repository, for where the commit is not known to be there. `folder` is the
    root's path in the repository, `src/` or nothing. `notebook` is the path below the root of a
    notebook that was named: its code is read as the first of `packages`. `shown` is what a
    reader sees in place of a version: of one's own sources what pyproject.toml declares, else
    the commit, else nothing.
    """

    name: str
    version: str | None
    root: Path
    origin: Origin
    packages: tuple[str, ...]
    licences: tuple[Licence, ...] = ()
    licence_expression: str | None = None
    repository: str | None = None
    commit: str | None = None
    tag: str | None = None
    folder: str = ""
    notebook: str = ""
    shown: str = ""

    @property
    def revision(self) -> str | None:
        """What a permalink names: the commit, else the tag."""
        return self.commit or self.tag


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file: its exact bytes, and the text that they are by PEP 263.

    `module` is the dotted name, or None for a script outside any package. Line ends in `text` are
    those of the file; `srcread.sources.split_lines` splits as Python's tokenizer does. Of a
    notebook's code `unread` are the cells that are no Python: a line of each, and why.
    """

    distribution: str
    path: str
    module: str | None
    data: bytes
    text: str
    sha256: str
    unread: tuple[tuple[int, str], ...] = ()


class SymbolKind(Enum):
    """What a name stands for."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    METHOD = "method"
    NATIVE = "native"
    """Implemented outside Python; it has no file here."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition. `name` is the defining module's name and the qualname.

    `range` starts at the first decorator; `line` is the line of `def` or `class`. Inside functions
    the name holds `.<locals>.`; a setter ends in `@setter`, a second definition of a name in `~2`.
    `signature` is the parameter list and return annotation on one line, `()` for a class.
    """

    name: str
    kind: SymbolKind
    distribution: str
    path: str
    range: Range
    line: int
    signature: str = ""
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class CallSite:
    """Where a call stands: the calling symbol, and the range of the whole call expression."""

    caller: str
    range: Range


class EdgeKind(Enum):
    """By what way a call reaches its callee."""

    DIRECT = "direct"
    """A function by its name, through whatever imports and aliases."""
    CONSTRUCTOR = "constructor"
    """A class: its `__new__` and `__init__`, or the class where no base in Python has any."""
    METHOD = "method"
    """A method of an object whose class is known; also one that an operator or a loop runs."""
    SUPER = "super"
    """The next method in the method resolution order."""
    FORWARD = "forward"
    """A module called like a function: `Module.__call__` and its wrappers, folded, to `forward`."""
    PROPERTY = "property"
    """An attribute access that runs a function."""
    DECORATOR = "decorator"
    """A decorator, run where the definition is."""
    NATIVE = "native"
    """A function outside Python."""
    EXTERNAL = "external"
    """A function of a distribution that is not read: builtins, the standard library."""
    UNRESOLVED = "unresolved"
    """Not resolved; `reason` says why."""


class Certainty(Enum):
    """How sure an edge is."""

    OBSERVED = "observed"
    """A recorded trace went this way."""
    RESOLVED = "resolved"
    """What the sources say; several at one site all run: `__new__` and `__init__`."""
    POSSIBLE = "possible"
    """One of several rivals of the same call site, or a callee that may not be called at all."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One way that one call site may go.

    `callee` is a symbol's name, and None only for UNRESOLVED. `condition` is the range of the test
    of the innermost `if` whose branch the call stands in. `reason` says why a call is unresolved,
    or what was folded away.
    """

    site: CallSite
    callee: str | None
    kind: EdgeKind
    certainty: Certainty = Certainty.RESOLVED
    condition: Range | None = None
    reason: str | None = None


class Derivative(Enum):
    """How autograd goes back through an operator."""

    FORMULA = "formula"
    """A formula of its own, in the same version's derivatives.yaml."""
    COMPOSITE = "composite"
    """None of its own: the operators that it calls are differentiated."""
    BOTH = "both"
    """A formula for the keys with a kernel of their own; elsewhere the composite is followed."""
    NONE = "none"
    """No formula: the operator ends the way back, or refuses it."""


@dataclass(frozen=True, slots=True)
class Operator:
    """An ATen operator behind a native callee, from the same version's native_functions.yaml.

    `dispatch` maps dispatch keys to C++ function names, those of the structured operator that it
    delegates to included. `line` is that of the list, which `distribution` brings and which is
    `path` upstream, where that is known. `overloads` counts the operators of this base name.
    `backward` names the functions that its derivative formulas call, in order. `files` gives the
    upstream path of each C++ function of `dispatch` and `backward` for which one was checked by
    hand; the others have no entry. Those of them in `generated` stand in no file upstream: the
    build writes them, out of the code of that file.
    """

    name: str
    schema: str
    dispatch: Mapping[str, str]
    line: int
    distribution: str = ""
    path: str = ""
    delegate: str = ""
    variants: tuple[str, ...] = ("function",)
    python_module: str = ""
    overloads: int = 1
    derivative: Derivative = Derivative.NONE
    backward: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    generated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin that Python asks a registry for by name: its C++ class, and the file upstream.

    `versions` are those in whose files it was looked up by hand.
    """

    name: str
    cpp_class: str
    file: str
    versions: tuple[str, ...] = ()


class StopWhy(Enum):
    """Which limit a walk reached."""

    FUNCTIONS = "functions"
    """So many functions were walked."""
    SECONDS = "seconds"
    """So many seconds were over."""
    CALLS = "calls"
    """The callees of so many calls were not found in the time that each of them has."""
    KEY = "key"
    """Somebody had enough of it: Ctrl-C."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a walk was stopped, before it came to its end."""

    why: StopWhy
    count: float = 0


@dataclass(frozen=True, slots=True)
class CallGraph:
    """The static call graph below `entries`.

    `order` lists the walked functions depth-first, each at its first reach: the order of reading.
    `symbols` holds those and every other callee that an edge names, except EXTERNAL ones. `edges`
    are sorted by the order of their callers, then by place; every call of every walked function
    has at least one; but for the `quiet` ones, implicit calls of a framework's hooks of attribute
    access, which stand at nearly every line of its classes and are folded. `files` maps
    `distribution:path` of each file consulted to its sha256. `plugins` are the known ones among the
    native callees. Of a walk that reached its limits `stopped` says which, and `frontier` names the
    functions that were reached and not looked at. `unentered`
    are the classes of modules that are made, and whose `forward` no call is known to reach: what a
    reader misses below. `unread_bases` maps classes that were met to a base that lies in a package
    that was not read. Of a graph that was cut to a run, `overruled` are what reading says of
    places where the run was seen to call something else.
    """

    entries: tuple[str, ...]
    order: tuple[str, ...]
    symbols: Mapping[str, Symbol]
    edges: tuple[Edge, ...]
    operators: Mapping[str, Operator]
    files: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...] = ()
    quiet: tuple[Edge, ...] = ()
    plugins: Mapping[str, Plugin] = field(default_factory=dict)
    unentered: tuple[str, ...] = ()
    stopped: Stop | None = None
    frontier: tuple[str, ...] = ()
    unread_bases: Mapping[str, str] = field(default_factory=dict)
    overruled: tuple[Edge, ...] = ()
