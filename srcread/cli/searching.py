"""The command that searches a whole distribution: callers."""

from __future__ import annotations

import click

from srcread.cli.console import echo, print_findings, progress


@click.command()
@click.argument("symbol")
@click.option(
    "--in",
    "where",
    metavar="DIST",
    help="The distribution to look through, or a folder of yours; else the one that has SYMBOL.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of lines.")
def callers(symbol: str, where: str | None, as_json: bool) -> None:
    """List every place that calls or names SYMBOL.

    SYMBOL is a function, class or method by any of its names. A place is certain where the names in
    its file lead to SYMBOL: by imports, re-exports, plain assignments, or `self` in a class that
    has it. It is possible where a method is called on a value of unknown class, or where a name is
    bound in several ways. Not seen are calls from C++, by a name in a text, and mentions of a
    method on a value. The first search in a distribution indexes it, which takes some seconds.
    """
    import json

    from srcread.stories.callers import callers as find_callers
    from srcread.stories.callers import callers_as_json, callers_as_text

    with progress() as tell:
        result = find_callers(symbol, where=where, progress=tell)
    if as_json:
        click.echo(json.dumps(callers_as_json(result), indent=1))
    else:
        for line in callers_as_text(result):
            echo(line)
    print_findings(result.diagnostics)
