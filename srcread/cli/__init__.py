"""The `srcread` command: thin commands over the stories, which they import when they run."""

from __future__ import annotations

import click

from srcread.about import VERSION
from srcread.cli.annotating import accept, at, check, lock, new, outline
from srcread.cli.confirming import confirm, evidence
from srcread.cli.console import Commands
from srcread.cli.reading import build, callers, fetch, graph, read
from srcread.cli.serving import serve
from srcread.cli.tracing import trace


@click.group("srcread", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, message="srcread %(version)s")
def main() -> None:
    """Read a deep-learning framework's source top-down, with notes that a run has confirmed."""


for command in (
    build,
    read,
    serve,
    graph,
    callers,
    fetch,
    at,
    new,
    check,
    confirm,
    trace,
    evidence,
    accept,
    lock,
    outline,
):
    main.add_command(command)
