"""Which packages of a repository are to be read, and which model in them is to be begun with.

Told by files and syntax alone: a package lies in `src`, else beside pyproject.toml; an entry is a
class with a `forward` that no other class here makes. Of several the one comes first that makes
most of the others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from srcread.errors import NotFoundError, SrcreadError
from srcread.index import Index
from srcread.model import Distribution
from srcread.sources import Sources, open_own
from srcread.sources.folder import importable_names

_BESIDE = frozenset(
    """annotations benchmarks build conftest data dist docs examples notebooks noxfile scripts setup
    site test tests tools versioneer""".split()  # noqa: SIM905 - a list of them fills a page
)
"""What lies beside packages, by habit."""


@dataclass(frozen=True, slots=True)
class Model:
    """A class with a `forward`: its module, its name, and the classes here that it makes."""

    module: str
    name: str
    makes: frozenset[str]

    @property
    def entry(self) -> str:
        """The text of an entry for tour.toml."""
        return f"{self.module}:{self.name}"


def packages_of(place: str | None, here: Path) -> Mapping[str, str]:
    """Return the packages of a repository, by name where each lies; those of a place, if given.

    Raises:
        NotFoundError: there is none.
    """
    if place is not None:
        return _given(place, here)
    for folder in ("src", "."):
        if folder == "src" and (here / "src" / "__init__.py").exists():
            continue
        if names := [name for name in importable_names(here / folder) if name not in _BESIDE]:
            own = [name for name in names if (here / folder / name).is_dir()]
            return dict.fromkeys(own or names, folder)
    raise NotFoundError("No Python package lies here. Name one: srcread begin PACKAGE or PATH.")


def _given(place: str, here: Path) -> Mapping[str, str]:
    path = here / place.removesuffix("/")
    if not path.exists():
        if not place.isidentifier():
            raise NotFoundError(f"There is no {place!r} here. Name a package, a file or a folder.")
        found = open_own(place, ".", here)  # or says what there is
        return {place: found.root.relative_to(here).as_posix()}
    if not path.resolve().is_relative_to(here.resolve()):
        raise SrcreadError(
            f"{place!r} is not in this folder. Run `srcread begin` in its repository."
        )
    if path.resolve() == here.resolve():
        return packages_of(None, here)
    if path.is_file() and (path.suffix != ".py" or not path.stem.isidentifier()):
        raise SrcreadError(f"{place!r} is no module that can be imported. Name a .py file.")
    inside = path.resolve().parent.relative_to(here.resolve())
    return {path.stem if path.is_file() else path.name: inside.as_posix()}


def opened(packages: Mapping[str, str], here: Path) -> tuple[Distribution, ...]:
    """Return these packages as distributions.

    Raises:
        SrcreadError: one is not there.
    """
    return tuple(open_own(name, place, here) for name, place in packages.items())


def models_of(distributions: Sequence[Distribution]) -> tuple[Model, ...]:
    """Return the models that nobody here makes, the one first that makes most of the others."""
    sources = Sources(distributions)
    index = Index(sources)
    classes: dict[str, tuple[str, ast.ClassDef]] = {}
    for item in distributions:
        for name in sources.modules(item.name):
            module = index.module(name)
            for one in module.definitions.values() if module is not None else ():
                if isinstance(one.node, ast.ClassDef):
                    classes.setdefault(one.node.name, (name, one.node))
    models = {name for name, (_, node) in classes.items() if _is_model(node, classes)}
    makes = {name: _named(classes[name][1]) & models - {name} for name in models}
    made = {name for found in makes.values() for name in found}
    tops = [name for name in models if name not in made] or sorted(models)
    found = [Model(classes[name][0], name, frozenset(_all(makes, name))) for name in tops]
    with_forward = [one for one in found if _forward(classes[one.name][1])]
    return tuple(sorted(with_forward, key=lambda one: (-len(one.makes), one.entry)))


def _is_model(node: ast.ClassDef, classes: Mapping[str, tuple[str, ast.ClassDef]]) -> bool:
    """Tell whether a class is a Module by its bases, as far as they are here."""
    waiting, seen = [node], set[str]()
    while waiting:
        for base in waiting.pop().bases:
            name = ast.unparse(base).rpartition(".")[2]
            if name.endswith("Module") or name == "PreTrainedModel":
                return True
            if name in classes and name not in seen:
                seen.add(name)
                waiting.append(classes[name][1])
    return False


def _forward(node: ast.ClassDef) -> bool:
    return any(isinstance(one, ast.FunctionDef) and one.name == "forward" for one in node.body)


def _named(node: ast.ClassDef) -> set[str]:
    """Return the last names that a class mentions, but for its bases."""
    return {name for statement in node.body for name in _names(statement)}


def _names(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        match one:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name


def _all(makes: Mapping[str, set[str]], name: str) -> set[str]:
    waiting, found = [name], set[str]()
    while waiting:
        new = makes.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
