"""srcread on one subject: the command as a person types it, cold, scored against what ran."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.call_graph.observed import Record, record_as_json, record_from_json
from benchmarks.call_graph.recording import recorded
from benchmarks.call_graph.static import read_static
from benchmarks.call_graph.subjects import Subject
from benchmarks.costs import Cost, srcread
from srcread.errors import SrcreadError
from srcread.sources import open_distribution

from .entered import never_entered
from .scores import pair_score, score

LIMIT_SECONDS = 600


def truth(subject: Subject, kept: Path) -> Record:
    """Return what ran of a subject, recorded once into a folder."""
    path = kept / f"{subject.entry}.json"
    if not path.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record_as_json(recorded(subject))), "utf-8")
    return record_from_json(json.loads(path.read_text("utf-8")))


def measured(subject: Subject, entry: str, record: Record, unit: float) -> dict[str, Any]:
    """Read an entry of a subject, and return its row of numbers, or why there is none."""
    cost = _read(subject, entry)
    if cost.status != 0:
        said = cost.errors.strip().splitlines()
        return {"failed": "no end" if cost.status is None else said[-1] if said else "no word"}
    graph = json.loads(cost.out)
    static = read_static(graph, record.canonical)
    built, lost = never_entered(graph, record, roots(subject))
    return asdict(score(static, record, subject)) | {
        "pairs": asdict(pair_score(static, record, subject)),
        "built": (len(lost), len(built)),
        "units": round(cost.seconds / unit, 2),
        "megabytes": round(cost.megabytes),
        "lost": lost,
        "read": sorted(graph["distributions"]),
    }


def roots(subject: Subject) -> list[Path]:
    """Return the folders that the files of a subject lie below."""
    folders = [subject.folder] if subject.folder is not None else []
    for name, version in subject.distributions:
        try:
            folders.append(open_distribution(name, version).root)
        except SrcreadError:
            continue  # the subject's own file is no distribution
    return folders


@contextmanager
def folder_of(subject: Subject) -> Iterator[Path]:
    """Give a folder of its own to a subject that is a file, as a reader has it."""
    with tempfile.TemporaryDirectory() as name:
        if subject.folder is not None:
            shutil.copy(subject.folder / subject.entry, name)
        yield Path(name)


def _read(subject: Subject, entry: str) -> Cost:
    with folder_of(subject) as folder:
        return srcread("graph", entry, "--json", folder=folder, limit=LIMIT_SECONDS)
