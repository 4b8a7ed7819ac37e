"""Starting the process that runs a subject's scenarios, and what it recorded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from .observed import Record, record_from_json
from .subjects import Subject


def missing_packages(subject: Subject) -> list[str]:
    """Return the packages of a subject that cannot be imported here."""
    own = [subject.defined] if subject.folder is not None else []
    return [name for name in subject.packages if name not in own and find_spec(name) is None]


def recorded(subject: Subject, natives: Sequence[str] | None = None) -> Record:
    """Run the scenarios of a subject in a process of its own, and return what it saw.

    `natives` are the names of C functions that a graph knows; None stands for all names of those
    that were called.
    """
    request = {
        "scenarios": f"{__package__}.{subject.scenarios}",
        "packages": subject.packages,
        "natives": natives,
        "folders": [str(subject.folder)] if subject.folder is not None else [],
    }
    ran = subprocess.run(
        [sys.executable, "-m", f"{__package__}.record"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    if ran.returncode != 0:
        raise SystemExit(f"The scenarios of {subject.entry} failed:\n{ran.stderr}")
    return record_from_json(json.loads(ran.stdout))
