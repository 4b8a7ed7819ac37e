"""Where templates/, annotations/ and docs/findings/ are: in the checkout, else in the wheel.

A user's own ./annotations come before the shipped ones.

hatchling's `force-include` copies these folders into the wheel. An editable install would copy them
once and then show stale ones, so a checkout's own folders win.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from srcread.about import PACKAGE
from srcread.errors import NotFoundError, SrcreadError, near_path

_PACKAGE = Path(PACKAGE).resolve()


def resources(name: str) -> Path:
    """Return the folder `name`: "templates", "annotations" or "docs/findings".

    Raises:
        SrcreadError: neither the checkout nor the wheel holds it: the installation is broken.
    """
    checkout = _PACKAGE.parent
    for folder in (checkout / name, _PACKAGE / "_data" / name):
        if folder.is_dir() and (
            folder.parent != checkout or (checkout / "pyproject.toml").exists()
        ):
            return folder
    raise SrcreadError(f"srcread's own folder {name!r} is missing. Reinstall srcread.")


def is_shipped(folder: Path) -> bool:
    """Tell whether a folder of annotations came with srcread, and deserves the same trust."""
    return folder.resolve().is_relative_to(resources("annotations").resolve())


def refuse_installed(folder: Path) -> None:
    """Refuse to write into a tour that is a part of the installed srcread.

    Nobody looks there for what he wrote, an update takes it away, and often it may not be written.

    Raises:
        SrcreadError: it is one; the message says how to get a tour that can be written.
    """
    if is_installed(folder):
        raise SrcreadError(f"{folder.name!r} is a part of the installed srcread. {copying(folder)}")


def is_installed(folder: Path) -> bool:
    """Tell whether a folder lies inside the installed package, and not in a checkout."""
    return folder.resolve().is_relative_to(_PACKAGE / "_data")


def copying(folder: Path) -> str:
    """Say how to get a tour that can be written out of one that is installed."""
    copy = shlex.join(["cp", "-r", str(folder), "annotations/"])
    return f"Copy it, and write into the copy: mkdir -p annotations && {copy}"


def annotation_folders(chosen: Path | None = None) -> list[Path]:
    """Return where tours are looked for: the folder given, else ./annotations, then the shipped.

    Raises:
        NotFoundError: the folder given does not exist.
    """
    if chosen is not None:
        if not chosen.is_dir():
            raise NotFoundError(
                f"There is no folder {str(chosen)!r} with annotations.{near_path(chosen)}"
            )
        return [chosen]
    here = Path("annotations")
    shipped = resources("annotations")
    if here.is_dir() and here.resolve() != shipped.resolve():
        return [here, shipped]
    return [here if here.is_dir() else shipped]
