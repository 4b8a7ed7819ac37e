"""Where templates/ and annotations/ are: in the checkout if there is one, else in the wheel.

hatchling's `force-include` copies both folders into the wheel. An editable install would copy them
once and then show stale ones, so a checkout's own folders win.
"""

from __future__ import annotations

from pathlib import Path

from srcread.errors import SrcreadError

_PACKAGE = Path(__file__).resolve().parent


def resources(name: str) -> Path:
    """Return the folder `name`: "templates" or "annotations".

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
