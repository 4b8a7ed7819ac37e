"""What the runs of a plan run in: Python, distributions, device, sandbox, and where modules lie.

A module of the payload: standard library only, Python >= 3.9.
"""

from __future__ import annotations

import contextlib
import hashlib
import platform
import sys
from collections.abc import Callable
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any


def described(plan: dict[str, Any], load: Callable[[str], Any]) -> dict[str, Any]:
    """Return the environment of a plan, as `srcread.child.main` documents it, or a problem."""
    from importlib import metadata

    given = plan["given"]["versions"]  # what is installed of these is not what runs
    versions, records = {}, {}
    for name in plan["distributions"]:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
            if name not in given and (record := _record(metadata.distribution(name))):
                records[name] = record
    versions.update(given)
    device = _cpu() if plan["device"] == "cpu" else _gpu()
    if device is None:
        level = plan["sandbox"]["level"]
        about = f"sees no {plan['device']!r} device, confined by {level!r} (--sandbox chooses)"
        return {"kind": "problem", "message": f"its torch {about}"}
    return {
        "kind": "environment",
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "distributions": versions,
        "records": records,
        "device": device,
        "sandbox": load("confine").held_by(plan, load),
        "files": {name: file for name in plan["modules"] if (file := _file_of(name))},
    }


def _record(distribution: Any) -> str | None:
    """Return the sha256 of a distribution's RECORD; `read_text` would change its line ends."""
    try:
        return hashlib.sha256((distribution._path / "RECORD").read_bytes()).hexdigest()
    except (AttributeError, OSError):  # of another finder than Python's own, or without one
        return None


def _file_of(module: str) -> str | None:
    """Return where a module lies, without importing it or what is around it."""
    found: Any = None
    for count in range(1, module.count(".") + 2):
        folders = found.submodule_search_locations if found else None
        if found and folders is None:
            return None
        found = PathFinder.find_spec(".".join(module.split(".")[:count]), folders)
        if found is None:
            return None
    return found.origin if found.has_location else None


def _cpu() -> dict[str, Any]:
    try:
        capability = sys.modules["torch"].backends.cpu.get_cpu_capability()
    except (KeyError, AttributeError):
        capability = "DEFAULT"
    return {"kind": "cpu", "name": "cpu" if capability == "DEFAULT" else f"cpu {capability}"}


def _gpu() -> dict[str, Any] | None:
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    driver = None
    with contextlib.suppress(OSError):
        driver = Path("/sys/module/nvidia/version").read_text().strip()
    return {
        "kind": "cuda",
        "name": torch.cuda.get_device_name(0),
        "compute_capability": "{}.{}".format(*torch.cuda.get_device_capability(0)),
        "cuda": torch.version.cuda,
        "driver": driver,
    }
