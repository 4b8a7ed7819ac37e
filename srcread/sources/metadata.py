"""What a distribution says about itself: the files of its `.dist-info` or `.egg-info` folder.

Read by hand and not by importlib.metadata, whose import takes 70 ms, half of what a build with
nothing to do may take. The commit is read from the package's version file by `ast`: the package is
never imported.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from srcread.model import Distribution, Licence, Origin
from srcread.sources.store import canonical

_VERSION_FILES = ("version.py", "_version.py", "_version_meson.py")
_COMMIT_NAMES = frozenset(
    ("git_version", "__git_version__", "git_revision", "__commit_id__", "commit_id")
)
_COMMIT = re.compile(r"g?([0-9a-f]{7,40})")
_LICENCE = re.compile(r"(LICEN[CS]E|COPYING|NOTICE)[^/]*", re.IGNORECASE)
_LABELS = ("repository", "source", "sourcecode", "code", "github", "gitlab", "homepage")
_HOSTS = ("github.com", "gitlab.com")


def describe(
    info: Path, root: Path, origin: Origin, packages: Sequence[str] | None = None
) -> Distribution | None:
    """Return the distribution that an info folder is of, or None where it says neither name.

    `packages` are those of the info folder unless they are given.
    """
    fields = read_fields(info)
    if not fields.get("name") or not fields.get("version"):
        return None
    names = tuple(sorted(packages_of(info, root) if packages is None else packages))
    return Distribution(
        name=canonical(fields["name"][0]),
        version=public_version(fields["version"][0]),
        root=root,
        origin=origin,
        packages=names,
        licences=_licences(info, fields.get("license-file", ())),
        licence_expression=_licence_expression(fields),
        repository=_repository(fields),
        commit=_commit(root, names),
    )


def read_fields(info: Path) -> Mapping[str, list[str]]:
    """Return the header fields of the metadata by lower-case name; empty where there are none."""
    for name in ("METADATA", "PKG-INFO"):
        try:
            text = (info / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        fields: dict[str, list[str]] = {}
        for line in re.sub(
            r"\r?\n[ \t]+", " ", re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
        ).splitlines():
            key, _, value = line.partition(":")
            fields.setdefault(key.strip().lower(), []).append(value.strip())
        return fields
    return {}


def public_version(version: str) -> str:
    """Return a version without its local part: `2.13.0` of `2.13.0+cpu`."""
    return version.partition("+")[0]


def packages_of(info: Path, root: Path) -> tuple[str, ...]:
    """Return the top-level import names that an info folder lists and that are there, sorted."""
    try:
        listed = set((info / "top_level.txt").read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError):
        listed = set()
    names = listed or _recorded(info)  # what is no identifier cannot be imported, and may lead out
    return tuple(sorted(name for name in names if name.isidentifier() and _is_there(root, name)))


def recorded_paths(info: Path) -> tuple[str, ...]:
    """Return the paths of the files that the installer recorded, relative to the root."""
    try:
        with open(info / "RECORD", encoding="utf-8", newline="") as file:
            return tuple(row[0] for row in csv.reader(file) if row)
    except (OSError, UnicodeDecodeError, csv.Error):
        return ()


def repository_at(url: str) -> str | None:
    """Return a repository's address for permalinks, or None where it is on no known host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    path = [part for part in parts.path.removesuffix(".git").split("/") if part]
    if host not in _HOSTS or len(path) < 2 or parts.scheme not in ("http", "https"):
        return None
    kept = path[:2] if host == "github.com" else path[: path.index("-")] if "-" in path else path
    return f"https://{host}/{'/'.join(kept).removesuffix('.git')}"


def licence_files(folder: Path) -> tuple[Licence, ...]:
    """Return the licence texts that lie in a folder itself, sorted by name."""
    try:
        names = sorted(path.name for path in folder.iterdir() if _LICENCE.fullmatch(path.name))
    except OSError:
        return ()
    return tuple(found for name in names if (found := _licence(folder / name, name)))


def _recorded(info: Path) -> set[str]:
    names = set()
    for path in recorded_paths(info):
        top, _, rest = path.partition("/")
        if path.endswith((".py", ".pyi")):
            names.add(top if rest else PurePosixPath(path).stem)
    return names


def _is_there(root: Path, name: str) -> bool:
    return (root / name).is_dir() or (root / f"{name}.py").is_file()


def _licences(info: Path, declared: Iterable[str]) -> tuple[Licence, ...]:
    """Return the declared licence files, or else those that lie beside the metadata.

    The path is the declared one and not the place on disk, which has the local version in it.
    """
    found = []
    for path in sorted(set(declared)):
        if path.startswith("/") or ".." in path.split("/"):
            continue
        for folder in (info / "licenses", info / "license_files", info):
            if licence := _licence(folder / path, path):
                found.append(licence)
                break
    return tuple(found) or licence_files(info / "licenses") or licence_files(info)


def _licence(path: Path, name: str) -> Licence | None:
    try:
        return Licence(name, path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError):  # a name with a NUL
        return None


def _licence_expression(fields: Mapping[str, list[str]]) -> str | None:
    """Return the SPDX expression, or the older free field where it is a name and not a text."""
    if expression := fields.get("license-expression"):
        return expression[0]
    name = fields.get("license", [""])[0]
    return name if name not in ("", "UNKNOWN") and len(name) <= 100 else None


def _repository(fields: Mapping[str, list[str]]) -> str | None:
    addresses = {}
    for entry in [f"homepage,{url}" for url in fields.get("home-page", [])] + list(
        fields.get("project-url", [])
    ):
        label, _, url = entry.partition(",")
        addresses[re.sub(r"[^a-z]", "", label.lower())] = url.strip()
    found = (repository_at(addresses[label]) for label in _LABELS if label in addresses)
    return next((url for url in found if url), None)


def _commit(root: Path, packages: Iterable[str]) -> str | None:
    for package in packages:
        for name in _VERSION_FILES:
            try:
                tree = ast.parse((root / package / name).read_bytes())
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            if commit := _assigned_commit(tree):
                return commit
    return None


def _assigned_commit(tree: ast.Module) -> str | None:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=targets, value=ast.Constant(value=str(text))):
                pass
            case ast.AnnAssign(target=target, value=ast.Constant(value=str(text))):
                targets = [target]
            case _:
                continue
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        if names & _COMMIT_NAMES and (found := _COMMIT.fullmatch(text)):
            return found.group(1)
    return None
