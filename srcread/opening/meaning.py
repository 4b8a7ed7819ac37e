"""What the text of an entry means: the distribution, what to walk in it, and whose imports count.

A path is tried before a name. The imports that count are those of the module that defines the
entry: a package's `__init__` that only re-exports it says nothing of what it is built on.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from srcread.errors import NotFoundError, SourceError, did_you_mean, near_path
from srcread.index import Index
from srcread.index.trees import BODY
from srcread.model import Distribution
from srcread.opening.advice import distribution_of
from srcread.opening.code import defining_modules
from srcread.sources import (
    Installed,
    Sources,
    find_package,
    open_package,
    open_path,
    related_package,
    sources_with,
)

Progress = Callable[[str], None]

_FILES = (".py", ".pyi", ".ipynb")
_OPERATOR = re.compile(r"aten::\w+(\.\w+)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry means: the distribution that it lies in, and the names to walk.

    `modules` are those whose imports count. Where `whole`, every one of `names` must exist.
    `index` has parsed what it took to tell.
    """

    distribution: Distribution
    names: tuple[str, ...]
    modules: tuple[str, ...]
    title: str
    whole: bool
    own: bool
    index: Index


def read_entry(
    text: str, installed: Installed, progress: Progress | None, *, fetches: bool = True
) -> Entry:
    """Tell what an entry means: a path if it looks like one, else a name.

    A name that is not here is looked for on the index where it `fetches`.

    Raises:
        SrcreadError: there is no such file, package or name.
    """
    if _OPERATOR.fullmatch(text):
        return _operator(text, installed)
    head, colon, tail = text.rpartition(":")
    if colon and (folder := _in_folder(text)) is not None:
        return folder
    for place, name in ((text, ""), (head, tail)):
        path = Path(place)
        if _is_path(place):
            if path.exists():
                return _at_path(path, name)
            if (packaged := _in_package(path, name, installed)) is not None:
                return packaged
            if place.endswith(_FILES) or not colon or place is head:
                raise NotFoundError(f"There is no file or folder {place!r}.{near_path(path)}")
    return _by_name(text, installed, progress, fetches)


def _is_path(place: str) -> bool:
    """Tell whether a text is a path by its form, or by the file that it names."""
    if place in (".", "..") or place.endswith(_FILES) or re.search(r"[/\\]", place):
        return True
    return "." in place and Path(place).is_file()


def _operator(text: str, installed: Installed) -> Entry:
    """Take `aten::add`, an operator by the name that schemas give it."""
    from srcread.graph.idioms import shipped_idioms

    package = shipped_idioms().operator_yaml.partition("/")[0]
    distribution = find_package(package, installed)
    if distribution is None:
        raise NotFoundError(
            f"{text!r} is an operator, and no list of operators is here. Run `srcread fetch torch`."
        )
    index = Index(Sources([distribution]))
    return Entry(distribution, (text,), (), text, whole=True, own=False, index=index)


def _in_folder(text: str) -> Entry | None:
    """Take `folder:package.module:name` and `folder:path/to/file.py:name`, if there is the folder.

    The whole folder is one distribution then: a script reads the package beside it.
    """
    for colon in re.finditer(":", text):
        place, name = text[: colon.start()], text[colon.end() :]
        if Path(place).is_dir() and re.search(r"[:/\\]", name):
            file, scripted, inside = name.partition(".py:")
            path = Path(place, f"{file}.py")
            if scripted and not path.is_file():
                raise NotFoundError(f"There is no file {str(path)!r}.{near_path(path)}")
            if scripted:
                file = _below_root(path, open_path(Path(place)).root) or file
            module = re.sub(r"[/\\]", ".", file.removesuffix(".py"))
            folder = Path(place) if scripted else sources_with(Path(place), module)
            return _at_path(folder, f"{module}:{inside}" if inside else module)
    return None


def _below_root(file: Path, root: Path) -> str:
    """Return a file's path below the folder in which names begin: a folder's `src`, perhaps."""
    place = file.resolve()
    if not place.is_relative_to(root.resolve()):
        return ""
    return place.relative_to(root.resolve()).as_posix().removesuffix("/__init__.py")


def _by_name(text: str, installed: Installed, progress: Progress | None, fetches: bool) -> Entry:
    first, *rest = re.split(r"[.:]", text.removesuffix(f":{BODY}").replace(".<locals>.", "."))
    if not all(part.isidentifier() for part in (first, *rest)) or text.count(":") > 1:
        raise NotFoundError(f"{text!r} is no entry point.{_like(first, text)}")
    found = None if first in sys.stdlib_module_names else find_package(first, installed)
    if found is None and (here := _here(first, text)):
        raise NotFoundError(f"No installed package is called {first!r}.{here}")
    if found is None and not fetches:
        raise NotFoundError(
            f"The environment that --python names has no package {first!r}, nor has the store. "
            "Name another one, or install it there."
        )
    distribution = found or _fetched(first, text, installed, progress)
    index = Index(Sources([distribution]))
    modules = defining_modules(index, text)
    return Entry(distribution, (text,), modules, text, whole=True, own=False, index=index)


def _fetched(
    first: str, text: str, installed: Installed, progress: Progress | None
) -> Distribution:
    """Fetch the distribution that brings a package, if its name leads to no stranger's."""
    if (near := related_package(first, installed)) is not None:
        raise NotFoundError(
            f"No package {first!r} is here. Did you mean {near + text[len(first) :]!r}? What is "
            "called almost like a package that is here is read only after `srcread fetch`."
        )
    if (name := distribution_of(first)) is None:
        raise NotFoundError(
            f"No package {first!r} is here, and its name tells no distribution. Fetch that "
            f"by its own name, or write the folder of {first!r} before a colon: ./FOLDER:{text}"
        )
    return open_package(name, progress=progress, installed=installed)


def _like(first: str, text: str) -> str:
    """Return what to write instead of a text that is neither a path nor a name."""
    name = re.sub(r"[.:]{2,}", lambda found: found[0][0], text.partition("(")[0].strip(".: "))
    if name != text and re.fullmatch(r"\w+(\.\w+)*(:\w+(\.\w+)*)?", name):
        return f" Did you mean {name!r}?"
    example = " Write one like 'torch.nn.LSTM' or 'path/to/model.py:MyModel'."
    return _here(first, text) or example


def _here(first: str, text: str) -> str:
    """Return what to write where a name is also that of a file or folder here."""
    if first and Path(first).is_dir():
        rest = text[len(first) + 1 :]
        return f" For the folder of this name write {f'./{first}' + f':{rest}' * bool(rest)!r}."
    if first and Path(f"{first}.py").is_file():
        path = f"{first}.py{':' if len(text) > len(first) else ''}{text[len(first) + 1 :]}"
        return f" For the file of this name write {path!r}."
    return ""


def _in_package(path: Path, name: str, installed: Installed) -> Entry | None:
    """Take `torch/nn/functional.py` for the file of an installed package."""
    first, *rest = path.parts or ("",)
    if not rest or not first.isidentifier() or Path(first).exists() or path.suffix != ".py":
        return None
    if (distribution := find_package(first, installed)) is None:
        return None
    if not (distribution.root / path).is_file():
        near = near_path(distribution.root / path).replace(f"{distribution.root.as_posix()}/", "")
        version = f"{distribution.name} {distribution.version}"
        raise NotFoundError(f"{version} has no file {path.as_posix()!r}.{near}")
    module = path.with_suffix("").as_posix().removesuffix("/__init__").replace("/", ".")
    title, index = f"{module}:{name}" if name else module, Index(Sources([distribution]))
    names = (f"{module}:{name}",)
    return Entry(distribution, names, (module,), title, whole=True, own=False, index=index)


def _at_path(path: Path, name: str) -> Entry:
    distribution = open_path(path)
    index = Index(Sources([distribution]))
    modules = index.sources.modules(distribution.name)
    title = f"{path.name or path.resolve().name}{':' + name if name else ''}"
    if path.is_dir():
        return _in_modules(distribution, index, modules, name, title)
    inside = path.resolve().relative_to(distribution.root.resolve()).as_posix()
    module = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    module = distribution.name if distribution.notebook else module
    if module not in modules and path.suffix == ".pyi":
        raise SourceError(
            f"{str(path)!r} is a stub: it says what there is, and holds no code to walk. Name the "
            "module that it describes."
        )
    if module not in modules:
        raise SourceError(
            f"{path.name!r} is no name of a module, so nothing in it has a name. "
            f"Rename or copy it: {re.sub(r'[^A-Za-z0-9_]', '_', path.stem) + '.py'!r}."
        )
    names = (f"{module}:{name}",)
    return Entry(distribution, names, (module,), title, whole=bool(name), own=True, index=index)


def _in_modules(
    distribution: Distribution, index: Index, modules: tuple[str, ...], name: str, title: str
) -> Entry:
    """Take a folder, or what a name means in it: then only its own module's imports count."""
    if not name:
        return Entry(distribution, modules, modules, title, whole=False, own=True, index=index)
    (full,) = names_in(index, modules, name)
    dotted = full.replace(":", ".")
    holding = [m for m in modules if dotted == m or dotted.startswith(f"{m}.")]
    counting = (max(holding, key=len),) if holding else modules
    return Entry(distribution, (full,), counting, title, whole=True, own=True, index=index)


def names_in(index: Index, modules: Sequence[str], name: str) -> Iterator[str]:
    """Yield the one full name that `name` means in a folder: it, or a definition of this name."""
    dotted = name.replace(":", ".")
    if any(dotted == module or dotted.startswith(f"{module}.") for module in modules):
        yield name
        return
    for package in _above(modules):
        full = f"{package}.{dotted}."
        if any(full.startswith(f"{module}.") for module in modules if module != package):
            yield f"{package}.{name}"
            return
    defined: dict[str, list[str]] = {}
    first = dotted.partition(".")[0]
    for module in modules:
        for found in _definitions(index, module, first):
            defined.setdefault(found, []).append(module)
    match defined.get(first, []):
        case []:
            near = did_you_mean(first, _all_definitions(index, modules))
            raise NotFoundError(f"No module here defines {first!r}.{near}")
        case [module]:
            yield f"{module}:{name}"
        case several:
            which = ", ".join(f"{module}:{name}" for module in several)
            raise NotFoundError(f"Several modules define {first!r}. Say which: {which}.")


def _above(modules: Sequence[str]) -> list[str]:
    """Return the package that all modules lie in, if they do: it may be left out of a name."""
    tops = {module.partition(".")[0] for module in modules}
    return list(tops) if len(tops) == 1 else []


def _definitions(index: Index, module: str, name: str) -> set[str]:
    """Return the definitions of a module that have this name; only where its text does."""
    parsed = index.module_with(module, re.compile(rf"\b{re.escape(name)}\b"))
    if parsed is None:
        return set()
    return {item.node.name for item in parsed.definitions.values() if item.node.name == name}


def _all_definitions(index: Index, modules: Sequence[str]) -> set[str]:
    parsed = [index.module(module) for module in modules]
    return {item.node.name for each in parsed if each for item in each.definitions.values()}
