"""The command that begins a tour of one's own code: begin."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from srcread.cli.console import count, echo

if TYPE_CHECKING:
    from srcread.stories.begin import Beginning
    from srcread.stories.beginning.packages import Model


_ADDED = (".gitignore", ".pre-commit-config.yaml")
"""Files that a repository may well have: what would be in ours is said then."""


@click.command()
@click.argument("place", required=False, metavar="[PACKAGE|PATH]")
@click.option("--entry", metavar="ENTRY", help="The class to begin with, as pkg.module:Class.")
@click.option("--tour", metavar="NAME", help="The tour's name; the package's, if left out.")
@click.option(
    "--run",
    "script",
    type=click.Path(path_type=Path),
    metavar="SCRIPT",
    help="A script that makes the model and calls it: it runs once, confined, and the first note "
    "says what it saw. Without, nothing is run.",
)
@click.option(
    "--python",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The environment of the code: its interpreter or folder. Else the activated one.",
)
@click.option("--trust", is_flag=True, help="Run the script even where there is no sandbox.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be written, no more.")
def begin(
    place: str | None,
    entry: str | None,
    tour: str | None,
    script: Path | None,
    python: Path | None,
    trust: bool,
    dry: bool,
) -> None:
    """Begin a tour of your own code, in its repository.

    Finds the packages in src or here, proposes the model to begin with, and writes
    ./annotations/TOUR with a first note, its snippet and a scenario; a README for contributors;
    workflows that check pull requests and publish the site; a hook for pre-commit. No file that is
    there is changed.
    """
    from srcread.stories.begin import BeginSettings
    from srcread.stories.begin import begin as begin_tour

    settings = BeginSettings(entry, tour, script, python, trust, dry)
    done = begin_tour(place, settings, _ask if sys.stdin.isatty() else None)
    _say(done, dry)


def _ask(models: Sequence[Model]) -> Model:
    """Ask on a terminal which model to begin with."""
    for number, model in enumerate(models, 1):
        makes = f", made of {count(len(model.makes), 'other')}" if model.makes else ""
        echo(f"{number}  {model.entry}{makes}")
    chosen = click.prompt("Begin with", type=click.IntRange(1, len(models)), default=1)
    return models[chosen - 1]


def _say(done: Beginning, dry: bool) -> None:
    echo(f"entry: {done.entry}")
    if done.others:
        echo(f"other models, for --entry: {', '.join(done.others)}")
    read = ", ".join(f"{name} {version}" for name, version in done.pinned.items())
    echo(f"read below it: {read or 'nothing: no torch is installed here, see --python'}")
    for path in done.written:
        echo(f"{'would write' if dry else 'wrote'} {path}")
    for path, text in done.there.items():
        echo(f"left as it is: {path}")
        for line in text.splitlines() if path in _ADDED else ():
            echo(f"    to add: {line}")
    if not done.traced:
        echo(
            "no scenario, and a note that nothing ran: its claims count as an equivalent. Better, "
            "give --run a script that makes the model and calls it."
        )
    tour = shlex.quote(done.tour)
    echo("next:" if not dry else "then:")
    echo(f"    srcread check {tour}")
    echo(f"    srcread confirm {tour}" + (f" && srcread trace {tour}" if done.traced else ""))
    echo(f"    srcread build {tour} --open")
