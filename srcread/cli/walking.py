"""What the commands that walk share: options that say how far, and the place of a call to explain.

A place is a line of a file, named by a path from here or by the end of its path in the graph.
"""

from __future__ import annotations

import math
import os
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from srcread.graph.limits import Limits
    from srcread.model import CallGraph, Distribution

_PLACE = re.compile(r"(?P<path>.+?):(?P<line>[0-9]+)(:[0-9]+)?")
"""A place as editors and tracebacks write it, perhaps with a column."""


class _Seconds(click.FloatRange):
    """A number of seconds; `nan`, which no range refuses, is none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is no number of seconds. Write one like '30'.", param, ctx)
        return number


def limited(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say how far a walk goes at most."""
    options = (
        click.option(
            "--seconds",
            type=_Seconds(min=0, min_open=True),
            default=15,
            show_default=True,
            help="For how long functions are walked; then what is known is shown.",
        ),
        click.option(
            "--functions",
            type=click.IntRange(min=1),
            help="How many functions are walked at most, the nearest first; else all.",
        ),
        click.option("--more", is_flag=True, help="Walk to the end, however long that takes."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def limits_of(seconds: float, functions: int | None, more: bool) -> Limits:
    """Return the limits that the options of a command say; Ctrl-C ends its walk, too."""
    from srcread.graph.limits import Limits

    if more and functions is not None:
        raise click.UsageError("--more walks to the end. Leave it out, or --functions.")
    limits = Limits() if more else Limits(functions, seconds)
    return replace(limits, interruptible=True)


_LIMITS = ("seconds", "functions", "more")


def as_given(context: click.Context) -> str:
    """Return the command that is running with all that was given to it, but for its limits."""
    words: list[str] = []
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not ParameterSource.COMMANDLINE or parameter.name in _LIMITS:
            continue
        value = context.params[parameter.name or ""]
        several = value if isinstance(value, tuple) else (value,)
        if isinstance(parameter, click.Option):
            option = max(parameter.opts, key=len)
            flags = [option] if parameter.is_flag else []
            words += flags or [word for item in several for word in (option, str(item))]
        else:
            words = [*map(str, several), *words]
    return shlex.join([context.info_name or "", *words])


def place_of(text: str) -> tuple[str, int]:
    """Take `net.py:12` apart."""
    place = _PLACE.fullmatch(text)
    if place is None:
        raise click.BadParameter(
            f"{text!r} is no place of a call. Write one like 'model.py:12'.", param_hint="--why"
        )
    return place["path"].replace("\\", "/").removeprefix("./"), int(place["line"])


def inside(place: tuple[str, int], read: Sequence[Distribution]) -> tuple[str, int]:
    """Return a place by its file's path below the root of what is read, if it lies there.

    `../net.py` and an absolute path are the file of this name in the graph, too.
    """
    text, line = place
    path = Path(os.path.abspath(text))
    if not path.is_file():
        return place
    for item in read:
        for file, root in ((path, item.root.absolute()), (path.resolve(), item.root.resolve())):
            if file.is_relative_to(root):
                return file.relative_to(root).as_posix(), line
    return place


def nothing_at(graph: CallGraph, path: str, line: int) -> str:
    """Say that no call begins in a line, and in which lines near it some do."""
    lines = {
        edge.site.range.first_line
        for edge in graph.edges
        if f"/{graph.symbols[edge.site.caller].path}".endswith(f"/{path}")
    }
    near = ", ".join(map(str, sorted(sorted(lines, key=lambda other: abs(other - line))[:3])))
    where = f" Near it calls begin in {near}." if near else " None of its functions was walked."
    return f"No call that was walked begins in {path}:{line}.{where}"
