"""What `srcread new` asks on a terminal: a note's tour, function, line and title."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from srcread.cli.console import count, echo, progress
from srcread.errors import NotFoundError

if TYPE_CHECKING:
    from srcread.stories.annotate import SourceLines

OFFERED = 10
"""How many functions without a note are offered."""

_LONGEST = 150  # lines of a function that are shown: a screen can be scrolled, a book is none


@dataclass(frozen=True, slots=True)
class Asked:
    """What was answered: `symbol` ends in `:LINE` if a line was chosen."""

    tour: str
    symbol: str
    title: str | None


def may_ask() -> bool:
    """Tell whether there is a person at a terminal, who can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_place(tour: str | None, title: str | None, annotations: Path | None) -> Asked:
    """Ask where a note should stand, and offer the functions without one, most called first."""
    tour = tour or _ask_tour(annotations)
    chosen = _ask_function(tour, annotations)
    line = _ask_line(chosen)
    if title is None:
        said = click.prompt(
            "Title, the fact in one sentence (empty: write it later)",
            default="",
            show_default=False,
            err=True,
        )
        title = said.strip() or None
    return Asked(tour, f"{chosen.symbol}:{line}" if line else chosen.symbol, title)


def _ask_tour(annotations: Path | None) -> str:
    from srcread.stories.annotate import tours_for_notes

    names = tours_for_notes(annotations)
    if not names:
        raise NotFoundError("There is no tour here. `srcread begin` makes one.")
    if len(names) == 1:
        return names[0]
    chosen: str = click.prompt("Which tour?", type=click.Choice(names), err=True)
    return chosen


def _ask_function(tour: str, annotations: Path | None) -> SourceLines:
    from srcread.stories.annotate import source_lines
    from srcread.stories.coverage import cover

    with progress() as tell:
        missing = cover(tour, annotations=annotations, progress=tell).missing[:OFFERED]
    if missing:
        echo("Without a note, most called first:", err=True)
    for number, item in enumerate(missing, 1):
        size = "" if item.lines is None else f", {count(item.lines, 'line')}"
        echo(f"  {number:2}  {item.symbol}  ({count(item.calls, 'call')}{size})", err=True)

    def read(answer: str) -> SourceLines:
        answer = answer.strip()
        if answer.isdecimal():
            if not 1 <= int(answer) <= len(missing):
                raise click.BadParameter(f"{answer} is not in the list.")
            answer = missing[int(answer) - 1].symbol
        try:
            return source_lines(answer, tour, annotations)
        except NotFoundError as error:
            raise click.BadParameter(str(error)) from error

    question = "Number, or the name of another function" if missing else "Name of a function"
    found: SourceLines = click.prompt(question, value_proc=read, err=True)
    return found


def _ask_line(chosen: SourceLines) -> int | None:
    last = chosen.first + len(chosen.lines) - 1
    echo(f"{chosen.path}", err=True)
    for number, text in enumerate(chosen.lines[:_LONGEST], chosen.first):
        echo(f"  {number:5}  {text}", err=True)
    if len(chosen.lines) > _LONGEST:
        echo(f"  … to line {last}", err=True)

    def read(answer: str) -> int | None:
        answer = answer.strip()
        if not answer:
            return None
        if not answer.isdecimal() or not chosen.first <= int(answer) <= last:
            raise click.BadParameter(f"Write a line from {chosen.first} to {last}, or nothing.")
        return int(answer)

    question = "Line that the note is about (empty: the whole of it)"
    line: int | None = click.prompt(
        question, default="", show_default=False, value_proc=read, err=True
    )
    return line
