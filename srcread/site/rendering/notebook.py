"""A note as a notebook: its words, what was read, and its snippet in cells that run in order.

The snippet is cut where its statements stand apart, at blank lines, so that a reader can look at
values in between. No cell has an output: what a run printed stands on the page, with its date.

The format is nbformat 4.5 (https://nbformat.readthedocs.io), which the tests hold it against.
"""

from __future__ import annotations

import ast
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from srcread.equations import Stated
from srcread.equations.note import VARIABLE
from srcread.model import Basis, BasisKind, Step, Tour, Translation
from srcread.notes.equations import evaluated
from srcread.notes.sentences import labels_in, without_labels


def notebook(tour: Tour, step: Step, text: Translation | None) -> bytes:
    """Return the notebook of a step that has a snippet, in the language of the translation."""
    assert step.snippet is not None
    cells = [("markdown", _words(tour, step, text))]
    cells += [("code", _given(equations)) for equations in [evaluated(step)] if equations]
    cells += [("code", part) for part in _parts(step.snippet.text)]
    content = {
        "cells": [_cell(kind, source, number) for number, (kind, source) in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode(
        "utf-8", "backslashreplace"
    )


def _words(tour: Tour, step: Step, text: Translation | None) -> str:
    """Return the first cell: the note, and what its snippet needs."""
    note = text or step.note
    needed = " ".join(f"{name}=={version}" for name, version in tour.distributions.items())
    lead = [step.lead.anchor] if step.lead else []
    places = [f"`{one.symbol}`" + (f", `{one.at}`" if one.at else "") for one in lead]
    body, stands_on = _numbered(step, text)
    return "\n\n".join([f"# {note.title}", body, *stands_on, " · ".join([*places, needed])])


def _given(equations: Mapping[str, tuple[Stated, int]]) -> str:
    """Return the cell that hands a snippet the equations which it evaluates."""
    texts = {name: stated.text for name, (stated, _) in equations.items()}
    lines = ["import json", "import os", ""]
    given = "\n".join(f"    {name!r}: {text!r}," for name, text in texts.items())
    lines += [f"equations = {{\n{given}\n}}", f"os.environ[{VARIABLE!r}] = json.dumps(equations)"]
    return "\n".join(lines)


def _numbered(step: Step, text: Translation | None) -> tuple[str, list[str]]:
    """Return a note's body with a number for each label, and what the numbers stand for as a list.

    Notebooks show no footnotes. A claim is said in the language of the words around it.
    """
    body = (text or step.note).body.strip()
    bases = {basis.label: basis for basis in step.note.bases}
    used = [label for label in labels_in(body) if label in bases]
    for number, label in enumerate(used, 1):
        body = body.replace(f"[^{label}]", f"<sup>{number}</sup>")
    rows = [f"{number}. {_basis(bases[label], text)}" for number, label in enumerate(used, 1)]
    return without_labels(body), ["\n".join(rows)] if rows else []


def _basis(basis: Basis, text: Translation | None) -> str:
    match basis.kind:
        case BasisKind.CLAIM:
            said = text.claims.get(basis.text, basis.text) if text else basis.text
            return f"`assert`: {said}"
        case BasisKind.READ:
            return f"`{basis.text}`"
        case BasisKind.SOURCE:
            return basis.text


def _parts(text: str) -> Iterator[str]:
    """Yield the snippet's statements in groups, as blank lines set them apart; comments too."""
    lines = text.rstrip("\n").split("\n")
    begins = [0, *_gaps(lines, ast.parse(text).body), len(lines)]
    for first, after in itertools.pairwise(begins):
        part = "\n".join(lines[first:after]).strip("\n")
        if part:
            yield part


def _gaps(lines: Sequence[str], statements: Sequence[ast.stmt]) -> Iterator[int]:
    """Yield the places behind blank lines that stand between two statements."""
    for one, other in itertools.pairwise(statements):
        between = range(one.end_lineno or one.lineno, other.lineno - 1)
        blank = [number for number in between if not lines[number].strip()]
        if blank and not _defines(one, other):
            yield blank[-1] + 1


def _defines(one: ast.stmt, other: ast.stmt) -> bool:
    """Tell whether an import or a definition is followed by another: these share a cell."""
    kinds = (ast.Import, ast.ImportFrom)
    return isinstance(one, kinds) and isinstance(other, kinds)


def _cell(kind: str, source: str, number: int) -> dict[str, Any]:
    name = hashlib.sha256(f"{number} {source}".encode("utf-8", "replace")).hexdigest()[:12]
    cell = {"cell_type": kind, "id": name, "metadata": {}, "source": source.splitlines(True)}
    return {**cell, "execution_count": None, "outputs": []} if kind == "code" else cell
