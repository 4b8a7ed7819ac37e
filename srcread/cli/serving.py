"""The command that shows a site as it is being written: serve."""

from __future__ import annotations

from pathlib import Path

import click

from srcread.cli.confirming import interpreter
from srcread.cli.console import echo, progress
from srcread.cli.reading import FOLDER


@click.command()
@click.argument("tours", nargs=-1, metavar="[TOUR]...")
@click.option(
    "--annotations",
    type=FOLDER,
    help="Where the tours are, instead of ./annotations and the shipped ones.",
)
@click.option(
    "--templates", type=FOLDER, help="A folder whose templates win over the shipped ones."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="NUMBER",
    help="Where to listen on 127.0.0.1; a free one if not given.",
)
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="What the Run button runs snippets on.",
)
@click.option(
    "--python",
    metavar="PATH",
    callback=interpreter,
    help="The interpreter that has the framework, or its environment's folder.",
)
@click.option(
    "--trust",
    is_flag=True,
    help="Run snippets that did not come with srcread even where there is no sandbox.",
)
@click.option("--open", "show", is_flag=True, help="Show the site in the browser.")
def serve(
    tours: tuple[str, ...],
    annotations: Path | None,
    templates: Path | None,
    port: int,
    device: str,
    python: Path | None,
    trust: bool,
    show: bool,
) -> None:
    """Show the site on this machine, and build it again as notes change.

    An open page reloads when a new site stands. Its Run button runs the snippet of a note as
    `srcread confirm` does, in a sandbox and with limits, and shows the result beside the recorded
    one; it records nothing. Only this machine can ask, with the address that is printed. End it
    with Ctrl-C.
    """
    from srcread.stories.serve import ServeSettings
    from srcread.stories.serve import serve as serve_site

    def opened(address: str) -> None:
        echo(f"Serving at {address}")
        if show:
            click.launch(address)

    settings = ServeSettings(tours, annotations, templates, port, device, python, trust)
    with progress() as tell:
        tell("Building the site")
    try:
        serve_site(settings, opened, echo)
    except KeyboardInterrupt:
        echo("Ended.")
