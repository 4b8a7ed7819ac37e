"""Packages of one's own, which a tour names by what imports them and the folder in which they lie.

The name is what an import begins with, so nothing has to be guessed of layouts: `my_model = "."`
means ./my_model, ./my_model.py, or either of them in `src`, `python` or `lib`. Only that package is
read. It is looked for nowhere else: the index might have a stranger's of the same name.

What is shown for a version is what pyproject.toml declares, else the commit that is checked out. No
program is asked: git would obey the settings of the repository that is read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from srcread.errors import NotFoundError, SourceError, did_you_mean, near_path
from srcread.model import Distribution, Origin
from srcread.sources.checkout import SOURCE_FOLDERS, project_folders
from srcread.sources.folder import holds_python, importable_names
from srcread.sources.metadata import licence_files

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SHOWN = 7
"""As many digits of a commit are shown as git shows of one."""


def open_own(name: str, place: str, base: Path) -> Distribution:
    """Return a package of one's own; `place` is relative to `base`, which is in its repository.

    Raises:
        NotFoundError: there is no such folder, or no such package in it.
        SourceError: it leads out of the repository, or is no Python source.
    """
    given = Path(os.path.abspath(base / place))
    repository = project_folders(Path(os.path.abspath(base)))[-1]
    if not given.resolve().is_relative_to(repository.resolve()):
        raise SourceError(f"{name} = {place!r} leads out of the repository, and is not read.")
    if not given.exists():
        near = near_path(given).replace(f"{base.as_posix()}/", "")
        raise NotFoundError(f"There is no {place!r} for {name}.{near}")
    found = next(_places(name, given), None)
    if found is None:
        raise _why_none(name, place, given)
    if not found.resolve().is_relative_to(repository.resolve()):
        raise SourceError(f"{name} is a link out of the repository, and is not read.")
    origin = Origin.FILE if found.is_file() else Origin.FOLDER
    root = found.parent
    licences = licence_files(root) or licence_files(repository)
    shown = _declared(root) or _commit(root)
    return Distribution(name, None, root, origin, (name,), licences, shown=shown)


def own_paths(distribution: Distribution) -> tuple[Path, ...]:
    """Return what a run may see of a package of one's own: its folder, or its file."""
    names = (distribution.root / name for name in distribution.packages)
    return tuple(path if path.is_dir() else path.with_suffix(".py") for path in names)


def version_files(root: Path) -> tuple[Path, ...]:
    """Return the files that tell what is shown for a version of what lies in a folder."""
    declaring = [folder / "pyproject.toml" for folder in project_folders(root)]
    return (*declaring, *_heads(root))


def _places(name: str, given: Path) -> Iterator[Path]:
    """Yield where a package lies, as Python would choose; last the folder or file given itself.

    A regular package comes before a module, and both before a folder without `__init__.py`.
    """
    folders = [given / inside for inside in SOURCE_FOLDERS]
    yield from (at / name for at in folders if (at / name / "__init__.py").is_file())
    yield from (at / f"{name}.py" for at in folders if (at / f"{name}.py").is_file())
    yield from (at / name for at in folders if (at / name).is_dir() and holds_python(at / name))
    if given.is_file():
        yield from [given] if given.name == f"{name}.py" else []
    elif given.name == name and holds_python(given):
        yield given


def _why_none(name: str, place: str, given: Path) -> NotFoundError | SourceError:
    if given.is_file():
        return SourceError(
            f"{place!r} is no file of a module {name!r}. Name the folder that it lies in."
        )
    for at in (given / inside for inside in SOURCE_FOLDERS):
        if (at / f"{name}.pyi").is_file() or any((at / name).glob("*.pyi")):
            return SourceError(
                f"{name!r} in {place!r} is stubs only: they say what there is, and hold no code."
            )
    here = {each for inside in SOURCE_FOLDERS for each in importable_names(given / inside)}
    near = did_you_mean(name, here) or (f" There are: {', '.join(sorted(here))}." if here else "")
    return NotFoundError(f"No package {name!r} lies in {place!r}, nor in its src.{near}")


def _declared(root: Path) -> str:
    """Return the version that the nearest pyproject.toml declares; nothing for a dynamic one."""
    import tomllib

    for folder in project_folders(root):
        try:
            declared = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            return ""
        poetry = declared.get("tool", {}).get("poetry", {})
        for table in (declared.get("project"), poetry):
            version = table.get("version") if isinstance(table, dict) else None
            if isinstance(version, str) and re.fullmatch(r"[\w.!+-]{1,60}", version):
                return version
        return ""
    return ""


def _commit(root: Path) -> str:
    """Return the first digits of the commit that is checked out; nothing without git."""
    for path in _heads(root):
        text = _text(path)
        if path.name == "packed-refs":
            reference = _reference(_text(path.parent / "HEAD"))
            rows = (line.split(" ") for line in text.splitlines())
            text = next((row[0] for row in rows if row[1:] == [reference]), "")
        if _COMMIT.fullmatch(text.strip()):
            return text.strip()[:_SHOWN]
    return ""


def _heads(root: Path) -> tuple[Path, ...]:
    """Return the files of git that name the commit of a folder, the one that counts first."""
    folder = next((at / ".git" for at in project_folders(root) if (at / ".git").exists()), None)
    if folder is None:
        return ()
    if folder.is_file():  # of a further worktree, or a submodule
        lead = re.match(r"gitdir: (.+)", _text(folder))
        folder = folder.parent / lead[1].strip() if lead else folder
    common = folder / (_text(folder / "commondir").strip() or ".")
    reference = _reference(_text(folder / "HEAD"))
    named = [common / reference] if re.fullmatch(r"refs/[\w./-]+", reference) else []
    return (*named, folder / "HEAD", common / "packed-refs")


def _reference(head: str) -> str:
    return head.removeprefix("ref:").strip() if head.startswith("ref:") else ""


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
