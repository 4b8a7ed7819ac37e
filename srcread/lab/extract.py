"""Take functions of a framework out of its source tree, with all that they need, and run them.

    taken = extract(tree, "examples/bloom/convert_checkpoint.py:split_qkv_tp")
    taken["split_qkv_tp"](weight, ...)

Nothing of the tree is imported: statements are compiled one by one, under their files' names and at
their lines, so that traces, reach and controls apply to them as they would to the package. Modules
outside the tree are imported as ever. A name whose import or statement does not run is left out,
and raises when it is used. Annotations are kept as texts. A class taken out is another class than
the one in the imported package: pass `imported` where that can be imported, or `given` for a name.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from srcread.errors import NotFoundError, SrcreadError, did_you_mean
from srcread.lab import told
from srcread.lab.closure import Closure, Piece, Tree, whole_digest
from srcread.lab.statements import bound_names, compiled

_DOES_NOT_RUN = (
    *(ImportError, AttributeError, OSError, RuntimeError),  # an import of what is not there
    *(NameError, TypeError, ValueError, LookupError),  # what needs something that was left out
    SrcreadError,
)
"""What a statement may raise whose names are then left out."""


class ExtractError(SrcreadError):
    """What was taken out cannot be run, or was used without a part that was left out."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was taken: `taken["Qual.name"]` is the object.

    `digests` names every statement, `digest` is one for all of them, for the evidence; `given` are
    the names for which a snippet gave its own. `left_out` says of a name why it is not there.
    """

    objects: Mapping[str, Any]
    digests: tuple[tuple[str, str], ...]
    left_out: Mapping[str, str]
    given: tuple[str, ...]

    def __getitem__(self, name: str) -> Any:
        if name not in self.objects:
            near = did_you_mean(name, self.objects)
            raise NotFoundError(f"{name!r} was not asked for.{near}")
        return self.objects[name]

    @property
    def digest(self) -> str:
        """The digest of all that was taken."""
        return whole_digest(self.digests)


def extract(
    tree: Path | str,
    *names: str,
    given: Mapping[str, Any] | None = None,
    imported: Collection[str] = (),
) -> Extracted:
    """Take names out of a tree and run what they need.

    A name is `package.module:Qual.name` or `path/to/script.py:Qual.name`. `given` replaces helpers,
    by name or by module and name. The packages in `imported` are imported, not taken.

    Raises:
        NotFoundError: there is no such tree, module or name, or `given` names nothing that is used.
        SourceError: a script cannot be parsed.
        ExtractError: one of the names does not run.
    """
    replacements = dict(given or {})
    closure = Closure(Tree(Path(tree), imported), replacements)
    wanted = [_split(name) for name in names]
    for module, qualified_name in wanted:
        closure.want(module, qualified_name.partition(".")[0])
    for name in sorted(replacements.keys() - closure.given_used):
        near = did_you_mean(
            name, (bound for part in closure.parts.values() for bound in part.binders)
        )
        raise NotFoundError(f"{name!r} is given, and nothing that was taken uses it.{near}")
    loader = _Loader(closure, replacements)
    objects = {name: _find(loader.load(module), name) for module, name in wanted}
    left_out = {**closure.left_out, **closure.untaken(), **loader.left_out}
    taken = Extracted(
        objects, closure.digests(), dict(sorted(left_out.items())), tuple(sorted(replacements))
    )
    told.took(names, taken.digest, taken.given)
    return taken


class _Absent:
    """Stands for a name that was left out: reaching into it or calling it says why."""

    def __init__(self, name: str, reason: str) -> None:
        self.told = f"{name!r} was left out: {reason}."

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ExtractError(self.told)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        raise ExtractError(self.told)

    __getitem__ = __iter__ = __instancecheck__ = __mro_entries__ = __call__


class _Loader:
    """Runs the parts as modules, each once and when it is first imported."""

    def __init__(self, closure: Closure, given: Mapping[str, Any]) -> None:
        self.left_out: dict[str, str] = {}
        self._closure = closure
        self._given = given
        self._modules: dict[str, ModuleType] = {}

    def load(self, name: str) -> ModuleType:
        """Return a module with what was taken of it, run."""
        if name in self._modules:
            return self._modules[name]
        module = self._modules[name] = ModuleType(name)
        part = self._closure.parts.get(name)
        vars(module).update(
            __builtins__={**vars(builtins), "__import__": self.import_module},
            __getattr__=_refuse(name),
            __package__=_package(name, part),
        )
        if part is not None:
            vars(module)["__file__"] = str(self._path(part))
            self._run(part, module)
        return module

    def import_module(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """Import for what was taken: its own modules are those taken, all others the real ones."""
        importer = str((globals or {}).get("__name__", ""))
        full = self._closure.tree.beside(importer, _absolute(name, globals or {}, level))
        if not self._closure.tree.is_own(full):
            return __import__(name, globals, locals, fromlist or (), level)
        parents = [full] if full.endswith(".py") else _heads(full)
        modules = [self._linked(each) for each in parents]
        for inner in fromlist or ():
            if inner not in vars(modules[-1]) and self._closure.tree.is_own(f"{full}.{inner}"):
                self._linked(f"{full}.{inner}")
        return modules[-1] if fromlist else modules[0]

    def _linked(self, name: str) -> ModuleType:
        """Load a module, and let its package have it as an attribute."""
        module = self.load(name)
        package, _, last = name.rpartition(".")
        if package and not name.endswith(".py"):
            vars(self.load(package)).setdefault(last, module)
        return module

    def _run(self, part: Piece, module: ModuleType) -> None:
        for name in sorted(part.modules):
            self._linked(name)
        for name in part.binders:
            for key in (name, f"{part.module.name}.{name}"):
                if key in self._given:
                    vars(module)[name] = self._given[key]
        with _known(module):
            for statement in part.ordered():
                self._run_statement(part, statement, module)
        told.made(module)

    def _run_statement(self, part: Piece, statement: ast.stmt, module: ModuleType) -> None:
        """Run a statement; of one that does not run, the names are left out with the reason."""
        names = bound_names(statement)
        try:
            exec(compiled(statement, str(self._path(part))), vars(module))
        except _DOES_NOT_RUN as error:
            reason = _reason(error)
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                reason = f"{part.module.file.path}:{statement.lineno} does not run: {reason}"
            if not names:  # it changes a value, which would stay as it is, and nobody would see
                raise ExtractError(f"{reason}. Give a name of your own for it: given=…") from error
            for name in sorted(names - vars(module).keys()):
                vars(module)[name] = _Absent(name, reason)
                self.left_out[f"{part.module.name}.{name}"] = reason

    def _path(self, part: Piece) -> Path:
        return self._closure.tree.distribution.root / part.module.file.path


@contextmanager
def _known(module: ModuleType) -> Iterator[None]:
    """Let a module be found while it runs, unless the real one is there: dataclasses look it up."""
    if module.__name__ in sys.modules:
        yield
        return
    sys.modules[module.__name__] = module
    try:
        yield
    finally:
        del sys.modules[module.__name__]


def _split(name: str) -> tuple[str, str]:
    module, colon, qualified_name = name.rpartition(":")
    if not colon or not module or not qualified_name:
        raise NotFoundError(
            f"{name!r} does not name a function of a module. Write 'package.module:name' or "
            "'path/to/script.py:name'."
        )
    return module, qualified_name


def _find(module: ModuleType, qualified_name: str) -> Any:
    found: Any = module
    for name in qualified_name.split("."):
        if not isinstance(found, _Absent) and not hasattr(found, name):
            near = did_you_mean(name, vars(found))
            raise NotFoundError(f"{module.__name__}:{qualified_name} has no {name!r}.{near}")
        found = getattr(found, name)
    if isinstance(found, _Absent):
        raise ExtractError(found.told)
    return found


def _reason(error: Exception) -> str:
    problem = str(error).strip().partition("\n")[0].rstrip(".")
    return problem if isinstance(error, SrcreadError) else f"{type(error).__name__}: {problem}"


def _refuse(module: str) -> Any:
    def refuse(name: str) -> Any:
        raise AttributeError(f"{name!r} of {module!r} was not taken: nothing asked for it by name")

    return refuse


def _package(name: str, part: Piece | None) -> str:
    if name.endswith(".py"):
        return ""
    return name if part is None or part.module.is_package else name.rpartition(".")[0]


def _absolute(name: str, globals: Mapping[str, Any], level: int) -> str:
    if not level:
        return name
    package = str(globals.get("__package__") or "")
    for _ in range(level - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{name}" if name else package


def _heads(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]
