"""The `srcread` command: thin commands over the stories, which they import when they run.

A command's module is imported when the command is asked for, and all of them for the list of
commands: most of the time of a build that finds nothing changed is Python's own start.
"""

from __future__ import annotations

import click

from srcread.about import VERSION
from srcread.cli.console import Commands, Lazy

_MODULES = {
    "build": "reading",
    "read": "reading",
    "serve": "serving",
    "graph": "reading",
    "callers": "reading",
    "fetch": "reading",
    "begin": "beginning",
    "at": "annotating",
    "new": "annotating",
    "check": "checking",
    "confirm": "confirming",
    "trace": "tracing",
    "evidence": "carrying",
    "accept": "annotating",
    "lock": "annotating",
    "outline": "annotating",
    "coverage": "covering",
}
"""The commands in the order in which a newcomer meets them, each with its module here."""


@click.group(
    "srcread",
    cls=Commands,
    commands=Lazy({name: f"{__name__}.{module}" for name, module in _MODULES.items()}),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(VERSION, message="srcread %(version)s")
def main() -> None:
    """Read a deep-learning framework's source top-down, with notes that a run has confirmed."""
