"""Which wheel of a distribution to read: found on the package indexes that are configured here.

Which these are, and who named them, `index_settings` says; what each offers, `index_pages`. Left
out is a platform's fit: nothing read here is run, so everybody gets the same wheel, a pure one or
else the one for Linux on x86-64 and the oldest CPython from 3.11 on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from packaging.tags import Tag
from packaging.version import InvalidVersion, Version

from srcread.errors import NotFoundError, SourceError
from srcread.sources.index_pages import Answer, WheelLink, ask, unasked
from srcread.sources.index_settings import IndexSettings, install_command
from srcread.sources.store import canonical


def find_wheel(
    name: str, version: str | None, settings: IndexSettings, *, offline: bool = False
) -> WheelLink:
    """Return the one wheel to read for a version, or for the newest one.

    All places are asked in their order and their wheels count together, as with pip; where the
    settings say `first_decides`, no index is asked after the first one that has the distribution or
    fails, as with uv. With `offline`, only indexes and folders on this machine are asked.

    Raises:
        NotFoundError: every place answered and none has the distribution.
        SourceError: there is no place to ask, one cannot be read, or there is no such version.
    """
    answers = list(_answers(name, settings, offline))
    if not answers:
        raise SourceError(
            f"{name} is neither installed nor in the store, and no index may be asked: "
            f"{settings.disabled_by} says so. Change that, or run `{install_command(name)}`."
        )
    links = [link for answer in answers for link in answer.links]
    problems = [f"{answer.place} {answer.problem}" for answer in answers if answer.problem]
    if not links and not problems:
        raise NotFoundError(_not_found(name, answers))
    if problems and not _offers(links, version):
        raise _unreachable(name, version, problems)  # without that place nothing is certain
    return choose_wheel(links, name, version)


def choose_wheel(links: Iterable[WheelLink], name: str, version: str | None) -> WheelLink:
    """Return the same wheel for everybody: of a version, or of the newest release.

    A yanked version counts only where it is asked for by its number (PEP 592).

    Raises:
        SourceError: no such version; the message lists the nearest.
    """
    links = list(links)
    if version is None:
        usable = [link for link in links if not link.yanked] or links
        releases = [link for link in usable if not link.version.is_prerelease] or usable
        wanted = max(Version(link.public_version) for link in releases)
    else:
        wanted = Version(parse_version(version).public)
    of_version = [link for link in links if Version(link.public_version) == wanted]
    if not of_version:
        near = nearest_versions(str(wanted), {link.public_version for link in links})
        raise SourceError(
            f"{name} has no version {version!r} with a wheel. The nearest are {', '.join(near)}. "
            f"Run `srcread fetch {name}=={near[0]}`."
        )
    return min(of_version, key=lambda link: (link.yanked, *_preference(link)))


def parse_version(text: str) -> Version:
    """Return a version as PEP 440 reads it.

    Raises:
        SourceError: it is none.
    """
    try:
        return Version(text)
    except InvalidVersion:
        raise SourceError(f"{text!r} is not a version. Write one like 2.13.0.") from None


def nearest_versions(version: str, known: Iterable[str], count: int = 4) -> list[str]:
    """Return the known versions nearest to one, the nearest first."""
    wanted = parse_version(version)

    def distance(other: Version) -> list[int]:
        length = max(len(wanted.release), len(other.release))
        pairs = zip(_padded(wanted, length), _padded(other, length), strict=True)
        return [abs(ours - theirs) for ours, theirs in pairs]

    def order(other: Version) -> tuple[list[int], bool, Version]:
        return distance(other), other.is_prerelease, other

    return [str(other) for other in sorted(map(Version, known), key=order)[:count]]


def _answers(name: str, settings: IndexSettings, offline: bool) -> Iterator[Answer]:
    """Yield what each place says, the indexes' project pages first."""
    for index in settings.indexes:
        page = replace(index, address=f"{index.address}/{canonical(name)}/")
        if offline and (silent := unasked(page)) is not None:
            yield silent
            continue
        yield (answer := ask(page, name, settings))
        if settings.first_decides and (answer.problem or answer.listed is not None):
            break
    for place in settings.find_links:
        yield (offline and unasked(place)) or ask(place, name, settings)


def _offers(links: Iterable[WheelLink], version: str | None) -> bool:
    wanted = Version(parse_version(version).public) if version else None
    return any(wanted in (None, Version(link.public_version)) for link in links)


def _not_found(name: str, answers: Sequence[Answer]) -> str:
    asked = []
    for answer in answers:
        match answer.listed:
            case None:
                asked.append(answer.place)
            case 0:
                asked.append(f"{answer.place}, whose page lists no file")
            case number:
                files = "1 file" if number == 1 else f"{number} files"
                asked.append(f"{answer.place}, whose page lists {files} and no wheel of it")
    return f"No distribution {name!r} with a wheel was found in {'; '.join(asked)}."


def _unreachable(name: str, version: str | None, problems: Iterable[str]) -> SourceError:
    pinned = f"{name}=={version}" if version else name
    return SourceError(
        f"{pinned.replace('==', ' ')} is neither installed nor in the store, and "
        f"{'; '.join(problems)}. Run `{install_command(pinned)}`, or `srcread fetch {pinned}` "
        "where the index can be reached."
    )


def _preference(link: WheelLink) -> tuple[int, int, str, str]:
    """Order a version's wheels: pure, manylinux x86-64, others; the oldest Python from 3.11."""
    kind, python = min(_fitness(tag) for tag in link.tags)
    return kind, python, link.version.local or "", link.filename


def _fitness(tag: Tag) -> tuple[int, int]:
    number = re.fullmatch(r"(?:cp|py)3(\d+)", tag.interpreter)
    minor = int(number.group(1)) if number else 11
    python = 11 if tag.abi == "abi3" else minor if minor >= 11 else 100 - minor
    if tag.platform == "any":
        return 0, python
    linux = tag.platform.startswith("manylinux") and tag.platform.endswith("x86_64")
    free_threaded = bool(re.fullmatch(r"cp3\d+t", tag.abi))
    return (1 if linux and not free_threaded else 2), python


def _padded(version: Version, length: int) -> list[int]:
    return [*version.release, *[0] * (length - len(version.release))]
