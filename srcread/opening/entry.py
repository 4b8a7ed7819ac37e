"""Opening any entry point, without a tour: a public name, a name in a module, a file or a folder.

Beside the entry's own distribution, those that its files import are read, as far as they are on
this machine: a model is little without its framework. Which they are is found by the import
statements, not by the packages' requirements; nothing is fetched, and what could not be had is told
in a warning. An installed package's files are not all looked through for that, but only the module
that the entry names.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from srcread.errors import NotFoundError, SourceError, did_you_mean, near_path
from srcread.index import Index
from srcread.index.imports import ImportedModule, imports_of, may_import
from srcread.model import Diagnostic, Distribution, Origin, Severity
from srcread.opening.code import Code
from srcread.sources import Installed, Sources, find_package, open_package, open_path
from srcread.support.cache import Cache, cache_folder

if TYPE_CHECKING:
    from srcread.model import Tour

_PROJECT = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
"""What lies in the root of a project."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an entry means: the distribution that it lies in, and the names to walk.

    `modules` are those whose imports count. Where `whole`, every one of `names` must exist.
    """

    distribution: Distribution
    names: tuple[str, ...]
    modules: tuple[str, ...]
    title: str
    whole: bool
    own: bool


def open_entry(
    text: str, *, idioms: Sequence[Path] = (), progress: Progress | None = None
) -> tuple[Code, Tour]:
    """Open the code of any entry point, with a tour of it that has no notes.

    An entry is a public name (`torch.nn.LSTM`), `package.module:Qual.name`, or a path to a file or
    folder, with `:Qual.name` behind it for a part. `idioms` are files of what is known of further
    frameworks.

    Raises:
        SrcreadError: there is no such file, package or name.
        FindingsError: the entry's own file cannot be parsed.
    """
    from srcread.model import Tour

    code, entry = _opened(text, idioms, progress)
    tour = Tour(
        name=_slug(entry.names[0] if len(entry.names) == 1 else entry.distribution.name),
        folder=Path(),
        title=entry.title,
        distributions={item.name: item.version or "local" for item in code.distributions},
        entries=entry.names,
        languages=("en",),
        chapters=(),
        steps=(),
    )
    return code, tour


def walk_entry(text: str, *, idioms: Sequence[Path] = (), progress: Progress | None = None) -> Code:
    """Open the code of any entry point: what `open_entry` does, without a tour.

    Raises:
        SrcreadError: as `open_entry` does.
    """
    return _opened(text, idioms, progress)[0]


def _opened(text: str, idioms: Sequence[Path], progress: Progress | None) -> tuple[Code, _Entry]:
    entry = _read(text, progress)
    index = Index(Sources([entry.distribution]))
    own, others, missing = _distributions(entry, index)
    if progress is not None:
        progress(f"walking {text}")
    code = Code(
        [own, *others],
        entry.names,
        Cache(cache_folder()),
        whole=entry.whole,
        idioms=idioms,
        earlier=index,
    )
    _forget_unused(code, own)
    if missing:
        diagnostics = (*code.graph.diagnostics, _not_read(missing))
        code.graph = replace(code.graph, diagnostics=tuple(sorted(diagnostics)))
    return code, replace(entry, distribution=own)


def _read(text: str, progress: Progress | None) -> _Entry:
    """Tell what an entry means: a path if it looks like one, else a name."""
    head, colon, tail = text.rpartition(":")
    if colon and (folder := _in_folder(text)) is not None:
        return folder
    for place, name in ((text, ""), (head, tail)):
        path = Path(place)
        if place in (".", "..") or place.endswith((".py", ".pyi")) or re.search(r"[/\\]", place):
            if path.exists():
                return _at_path(path, name)
            if (packaged := _in_package(path, name, progress)) is not None:
                return packaged
            if place.endswith((".py", ".pyi")) or not colon or place is head:
                raise NotFoundError(f"There is no file or folder {place!r}.{near_path(path)}")
    return _by_name(text, progress)


def _in_folder(text: str) -> _Entry | None:
    """Take `folder:package.module:name` and `folder:path/to/file.py:name`, if there is the folder.

    The whole folder is one distribution then: a script reads the package beside it.
    """
    for colon in re.finditer(":", text):
        place, name = text[: colon.start()], text[colon.end() :]
        if Path(place).is_dir() and re.search(r"[:/\\]", name):
            file, scripted, inside = name.partition(".py:")
            if scripted and not (path := Path(place, f"{file}.py")).is_file():
                raise NotFoundError(f"There is no file {str(path)!r}.{near_path(path)}")
            module = re.sub(r"[/\\]", ".", file.removesuffix(".py"))
            return _at_path(Path(place), f"{module}:{inside}" if inside else module)
    return None


def _by_name(text: str, progress: Progress | None) -> _Entry:
    first, *rest = re.split(r"[.:]", text)
    if not all(part.isidentifier() for part in (first, *rest)) or text.count(":") > 1:
        example = " Write one like 'torch.nn.LSTM' or 'path/to/model.py:MyModel'."
        raise NotFoundError(f"{text!r} is no entry point.{_here(first, text) or example}")
    found = None if first in sys.stdlib_module_names else find_package(first)
    if found is None and (here := _here(first, text)):
        raise NotFoundError(f"No installed package is called {first!r}.{here}")
    distribution = found or open_package(first, progress=progress)
    return _Entry(distribution, (text,), _holder(distribution, text), text, whole=True, own=False)


def _here(first: str, text: str) -> str:
    """Return what to write where a name is also that of a file or folder here."""
    if first and Path(first).is_dir():
        return f" For the folder of this name write {'./' + text!r}."
    if first and Path(f"{first}.py").is_file():
        path = f"{first}.py{':' if len(text) > len(first) else ''}{text[len(first) + 1 :]}"
        return f" For the file of this name write {path!r}."
    return ""


def _holder(distribution: Distribution, text: str) -> tuple[str, ...]:
    module = Index(Sources([distribution])).module_of(text.replace(":", "."))
    return (module.name,) if module is not None else ()


def _in_package(path: Path, name: str, progress: Progress | None) -> _Entry | None:
    """Take `torch/nn/functional.py` for the file of an installed package."""
    first, *rest = path.parts or ("",)
    if not rest or not first.isidentifier() or Path(first).exists() or path.suffix != ".py":
        return None
    if (distribution := find_package(first)) is None:
        return None
    if not (distribution.root / path).is_file():
        near = near_path(distribution.root / path).replace(f"{distribution.root.as_posix()}/", "")
        version = f"{distribution.name} {distribution.version}"
        raise NotFoundError(f"{version} has no file {path.as_posix()!r}.{near}")
    module = path.with_suffix("").as_posix().removesuffix("/__init__").replace("/", ".")
    entry = f"{module}:{name}" if name else module
    return _Entry(distribution, (entry,), (module,), entry, whole=True, own=False)


def _at_path(path: Path, name: str) -> _Entry:
    distribution = open_path(path)
    modules = Sources([distribution]).modules(distribution.name)
    title = f"{path.name or path.resolve().name}{':' + name if name else ''}"
    if path.is_dir():
        names = tuple(_parts(distribution, modules, name)) if name else modules
        return _Entry(distribution, names, modules, title, whole=bool(name), own=True)
    inside = path.resolve().relative_to(distribution.root.resolve()).as_posix()
    module = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if module not in modules:
        raise SourceError(
            f"{path.name!r} is no name of a module, so nothing in it has a name. "
            f"Rename or copy it: {re.sub(r'[^A-Za-z0-9_]', '_', path.stem) + '.py'!r}."
        )
    names = (f"{module}:{name}" if name else module,)
    return _Entry(distribution, names, (module,), title, whole=bool(name), own=True)


def _parts(distribution: Distribution, modules: Sequence[str], name: str) -> Iterator[str]:
    """Yield the one full name that `name` means in a folder: it, or a definition of this name."""
    dotted = name.replace(":", ".")
    if any(dotted == module or dotted.startswith(f"{module}.") for module in modules):
        yield name
        return
    index = Index(Sources([distribution]))
    defined: dict[str, list[str]] = {}
    for module in modules:
        if (parsed := index.module(module)) is not None:
            for item in parsed.definitions.values():
                defined.setdefault(item.node.name, []).append(module)
    first = dotted.partition(".")[0]
    match defined.get(first, []):
        case []:
            raise NotFoundError(f"No module here defines {first!r}.{did_you_mean(first, defined)}")
        case [module]:
            yield f"{module}:{name}"
        case several:
            which = ", ".join(f"{module}:{name}" for module in several)
            raise NotFoundError(f"Several modules define {first!r}. Say which: {which}.")


def _distributions(
    entry: _Entry, index: Index
) -> tuple[Distribution, list[Distribution], dict[str, str]]:
    """Return the entry's distribution, those that it imports, and what of that is not here.

    The latter are package names, each with the place of the import.
    """
    found: dict[str, Distribution] = {}
    missing: dict[str, str] = {}
    installed = Installed()
    for item in _imported(entry, index):
        if item.package in sys.stdlib_module_names or item.package in missing:
            continue
        if any(item.package in distribution.packages for distribution in found.values()):
            continue
        distribution = find_package(item.package, installed)
        distribution = distribution or _in_checkout(entry.distribution, item.package)
        if distribution is not None:
            found[distribution.name] = distribution
        elif not item.optional:
            missing[item.package] = item.place
    own = found.pop(entry.distribution.name, None)
    if own is None or own.root == entry.distribution.root:
        return entry.distribution, list(found.values()), missing
    # A folder that is called like what it imports: the framework keeps its name.
    mine = replace(entry.distribution, name=f"{entry.distribution.name}.local")
    return mine, [own, *found.values()], missing


def _in_checkout(own: Distribution, package: str) -> Distribution | None:
    """Return a package that lies above a script, in the root of the project that the script is of.

    What is installed comes first, as it does when the script runs.
    """
    if own.origin is not Origin.FILE:
        return None
    for folder in (own.root, *own.root.parents):
        if any((folder / mark).exists() for mark in _PROJECT):
            places = (folder / package, folder / "src" / package)
            return next((open_path(p) for p in places if (p / "__init__.py").is_file()), None)
    return None


def _imported(entry: _Entry, index: Index) -> list[ImportedModule]:
    """Return the imports of other packages, by package; of own files those of what they import."""
    waiting = list(entry.modules)
    seen: set[str] = set()
    others: dict[str, ImportedModule] = {}
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        if _tells_nothing_new(entry, index.sources, name, seen, others):
            seen.add(name)
            continue
        if (module := index.module(name)) is None:
            continue
        seen.add(name)
        for item in imports_of(module):
            if item.package in entry.distribution.packages:
                waiting += [item.module, *item.modules] if entry.own else []
            elif item.package not in others or others[item.package].optional:
                others[item.package] = item
    return [others[package] for package in sorted(others)]


def _tells_nothing_new(
    entry: _Entry, sources: Sources, name: str, seen: set[str], others: Mapping[str, ImportedModule]
) -> bool:
    """Tell, by a module's text alone, that it imports nothing but what is known.

    Of what a model of TensorRT-LLM brings in more than half is like that, and most of it is parsed
    for nothing else.
    """
    try:
        file = sources.find_module(name)
        names = may_import(name, file) if file is not None else None
        if names is None:
            return False
        for item in names:
            package = item.partition(".")[0]
            if package in entry.distribution.packages:
                if item not in seen and sources.find_module(item) is not None:
                    return False
            elif package not in sys.stdlib_module_names and (
                package not in others or others[package].optional
            ):
                return False
    except SourceError:
        return False
    return True


def _forget_unused(code: Code, own: Distribution) -> None:
    """Leave out the distributions that the walk did not come to: they have nothing to show."""
    met = {symbol.distribution for symbol in code.graph.symbols.values()}
    code.distributions = tuple(
        item for item in code.distributions if item is own or item.name in met
    )


def _not_read(missing: dict[str, str]) -> Diagnostic:
    path, _, line = next(iter(missing.values())).rpartition(":")
    names = sorted(missing)
    return Diagnostic(
        path=path,
        line=int(line),
        code="SRC003",
        message=f"Imported, but neither installed nor in the store: {', '.join(names)}.",
        hint=f"To read them too: {' && '.join(f'srcread fetch {name}' for name in names)}",
        severity=Severity.WARNING,
    )


def _slug(name: str) -> str:
    """Return a name that can be a folder's on every system."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name.replace(":", ".")).strip("-.") or "code"
