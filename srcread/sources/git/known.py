"""Which distributions have their sources in git only, and where: a table, and a reader's own.

The shipped table stands beside this file. A file of the same form, ./annotations/repositories.toml,
adds to it or replaces an entry of it. Left out is any guess: a distribution that no table names is
looked for on the package index, unless the reader says `--from`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from srcread.errors import SourceError, did_you_mean
from srcread.sources.store import canonical

_SHIPPED = Path(__file__).with_name("repositories.toml")
_OWN = Path("annotations", "repositories.toml")
_KEYS = {
    **{"repository": str, "tag": str, "licence": str},
    **{"packages": list, "versions": list, "commits": dict},
}
_WORDS = {str: "a text", list: "a list of texts", dict: "a table of texts"}


@dataclass(frozen=True, slots=True)
class KnownRepository:
    """Where a distribution's sources are. `tag` holds `{version}`.

    `packages` are the top-level folders to read, all if there are none; `versions` are some that
    there are, to name in an error. `commits` are those of versions that were never tagged.
    `licence` is an SPDX expression.
    """

    name: str
    repository: str
    tag: str = "v{version}"
    packages: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    licence: str | None = None
    commits: Mapping[str, str] = field(default_factory=dict)

    def reference_of(self, version: str) -> str:
        """Return what to ask git for: the commit of a version that has no tag, else its tag."""
        return self.commits.get(version) or f"refs/tags/{self.tag_of(version)}"

    def tag_of(self, version: str) -> str:
        """Return the tag of a release."""
        return self.tag.replace("{version}", version)


def known_repository(name: str) -> KnownRepository | None:
    """Return where a distribution's sources are, if they are in git only.

    Raises:
        SourceError: the reader's own table is not of the form.
    """
    for path in (_OWN, _SHIPPED):
        entries = _read(path)
        for key in entries:
            if canonical(key) == canonical(name):
                return _known(path, key, entries[key])
    return None


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SourceError(f"{path.as_posix()} cannot be read: {error}. Mend or move it.") from error


def _known(path: Path, name: str, entry: object) -> KnownRepository:
    place = f"{path.as_posix()}: {name!r}"
    if not isinstance(entry, dict):
        raise SourceError(f"{place} is no table. Write [{name}] and repository = below it.")
    for key, value in entry.items():
        if key not in _KEYS:
            raise SourceError(
                f"{place} has an unknown key {key!r}.{did_you_mean(key, _KEYS)} "
                f"There are: {', '.join(_KEYS)}."
            )
        texts = value.values() if isinstance(value, dict) else value
        if not isinstance(value, _KEYS[key]) or not all(isinstance(item, str) for item in texts):
            raise SourceError(f"{place} has {key} = {value!r}, which is not {_WORDS[_KEYS[key]]}.")
    if "repository" not in entry or "{version}" not in entry.get("tag", "{version}"):
        raise SourceError(f'{place} needs repository = "https://…" and {{version}} in its tag.')
    return KnownRepository(
        canonical(name),
        entry["repository"],
        entry.get("tag", "v{version}"),
        tuple(entry.get("packages", ())),
        tuple(entry.get("versions", ())),
        entry.get("licence"),
        entry.get("commits", {}),
    )
