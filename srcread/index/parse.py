"""A file to its syntax tree: a bad file costs one diagnostic, never the run.

What may be hostile, by its size or its brackets, is first tried by a process with limits. A tree
cannot be handed over between processes, so what passes there is parsed twice. What is only large
has its functions parsed when they are looked into.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from srcread.index.late import parse_late
from srcread.index.trees import PARSE_ERRORS, is_modest, parse_text, unparsable, what_is_wrong
from srcread.model import Diagnostic, SourceFile


def parse(
    file: SourceFile, found: Callable[[Diagnostic], None] | None = None
) -> ast.Module | Diagnostic:
    """Parse a file, or say in a diagnostic why it cannot be parsed.

    What is large or nests deeply is first tried by a process with limits of time and memory. With
    `found` the functions of a modest, but not small file are parsed when they are looked into; it
    is told of those that cannot be.
    """
    place = f"{file.distribution}:{file.path}"
    if not is_modest(file.data):
        if (problem := _try(place, file.text)) is not None:
            return problem
    elif found is not None:

        def report(error: Exception) -> None:
            problem = unparsable(place, *what_is_wrong(error))
            found(replace(problem, hint="The function is read as empty; a newer Python may help."))

        if (tree := parse_late(file.text, parse_text, report)) is not None:
            return tree
    try:
        return parse_text(file.text)
    except PARSE_ERRORS as error:
        return unparsable(place, *what_is_wrong(error))


def _try(place: str, text: str) -> Diagnostic | None:
    """Return why a text, that of the file `dist:path`, cannot be parsed within the limits."""
    from srcread.index.hostile.pool import run_jobs  # 20 ms, and hardly any file is of this kind

    for _, answer, failure, _ in run_jobs([("try", place, text, "", b"", True)], 1):
        problem = answer[3] if answer is not None else failure
        if problem is not None:
            return unparsable(place, problem[1], problem[2])
    return None
