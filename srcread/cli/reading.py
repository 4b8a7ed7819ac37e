"""The commands that read code: build, read, graph, fetch, callers."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from srcread.cli.console import (
    FINDINGS,
    count,
    echo,
    print_findings,
    print_shown,
    progress,
    report,
    say_read,
)
from srcread.cli.running import read_run, runs, to_run
from srcread.cli.walking import as_given, inside, limited, limits_of, nothing_at, place_of
from srcread.support.garbage import rarely_collected
from srcread.support.processors import usual_jobs

if TYPE_CHECKING:
    from srcread.model import Diagnostic, Stop

FOLDER = click.Path(file_okay=False, path_type=Path)
IDIOMS = click.option(
    "--idioms",
    "idioms",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A file of what srcread is to know of your framework; may be given several times.",
)


PYTHON = click.option(
    "--python",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Read the packages of this environment: its interpreter or its folder. Else those of the "
    "activated one (VIRTUAL_ENV, CONDA_PREFIX), then those beside srcread.",
)


@click.command()
@click.argument("tours", nargs=-1, metavar="[TOUR]...")
@click.option(
    "-o",
    "--out",
    type=FOLDER,
    default=Path("site"),
    show_default=True,
    help="The folder of the site.",
)
@click.option(
    "--annotations",
    type=FOLDER,
    help="Where the tours are, instead of ./annotations and the shipped ones.",
)
@click.option(
    "--templates", type=FOLDER, help="A folder whose templates win over the shipped ones."
)
@click.option(
    "--address",
    metavar="URL",
    help="Where the site will stand, as https://example.org/tours/, if no tour says it: without, "
    "there is no sitemap, and previews of links have no picture.",
)
@click.option(
    "--callers",
    is_flag=True,
    help="List on each function's page who calls it from outside the tour. Whole distributions are "
    "looked through for that, for torch half a minute.",
)
@click.option("--strict", is_flag=True, help="Count every finding as an error, for gates.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many processes make pages, the same pages for any number: as many as there are "
    "processors, at most four.",
)
@click.option("--open", "show", is_flag=True, help="Show the site in the browser.")
def build(
    tours: tuple[str, ...],
    out: Path,
    annotations: Path | None,
    templates: Path | None,
    address: str | None,
    callers: bool,
    strict: bool,
    jobs: int | None,
    show: bool,
) -> None:
    """Build the site of these tours, of all tours if none is named.

    Sources that are not installed are read out of the package index into a store. Nothing of them
    is run: the evidence that the site shows was recorded by `srcread confirm`. What is wrong with
    one note stands on its page and stops nothing; with --strict, nothing is built then.
    """
    from srcread.stories.build import build as build_site

    with rarely_collected(), progress() as tell:
        built = build_site(
            tours,
            out,
            annotations=annotations,
            templates=templates,
            address=address,
            callers=callers,
            strict=strict,
            jobs=jobs or usual_jobs(),
            progress=tell,
        )
    report(built.out / "index.html", built.written, built.kept, show)
    given = ["--annotations", str(annotations)] if annotations else []
    _print_warnings(built.warnings, shlex.join(["srcread", "check", *tours, *given]))


@click.command()
@click.argument("entry")
@click.option(
    "-o",
    "--out",
    type=FOLDER,
    default=Path("site-read"),
    show_default=True,
    help="The folder of the site.",
)
@IDIOMS
@PYTHON
@limited
@runs
@click.option("--open", "show", is_flag=True, help="Show the site in the browser.")
@click.argument("arguments", nargs=-1, metavar="[-- ARGUMENT...]", type=click.UNPROCESSED)
def read(
    entry: str,
    out: Path,
    idioms: tuple[Path, ...],
    python: Path | None,
    seconds: float,
    functions: int | None,
    more: bool,
    show: bool,
    script: str | None,
    arguments: tuple[str, ...],
    **of_run: Any,
) -> None:
    """Build a site for any ENTRY point, without notes.

    ENTRY is what it is for `srcread graph`: a public name (torch.nn.LSTM), a name in a module
    (package.module:Class.method), a path to a file or folder (model.py:MyModel), or a name in a
    checkout (./folder:package.module:Name). What a file of yours imports is read with it, as far as
    it is installed or fetched.

    Nothing of it runs, unless you --run a SCRIPT of yours, or a small model made by rules (auto):
    then the site shows the functions that ran, with the shapes, branches and operators of the run.
    """
    from srcread.graph.losses import losses
    from srcread.stories.build import read as read_site

    limits = limits_of(seconds, functions, more)
    if script is not None:
        asked = to_run(entry, script, arguments, of_run)
        return read_run(entry, out, asked, idioms, python, limits, show)
    if arguments:
        raise click.UsageError(f"{arguments[0]!r} is for a script: name it with --run.")
    with progress(in_pipe=True) as tell:
        built = read_site(entry, out, idioms=idioms, progress=tell, python=python, limits=limits)
    report(built.start or built.out / "index.html", built.written, built.kept, show)
    if built.graph is not None:
        for line in losses(built.graph):
            echo(line)
        _say_how_to_go_on(built.graph.stopped)
    say_read(built.distributions)
    print_findings(built.warnings)


@click.command()
@click.argument("entry")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of a tree.")
@click.option("--depth", type=click.IntRange(min=0), help="How far functions open in the tree.")
@click.option("--observed", is_flag=True, help="Merge the calls that recorded traces have seen.")
@click.option(
    "--why",
    metavar="FILE:LINE",
    help="Explain the calls that begin in this line instead: what each part of them may be, where "
    "that came from, and where it was lost.",
)
@IDIOMS
@PYTHON
@limited
def graph(
    entry: str,
    as_json: bool,
    depth: int | None,
    observed: bool,
    why: str | None,
    idioms: tuple[Path, ...],
    python: Path | None,
    seconds: float,
    functions: int | None,
    more: bool,
) -> None:
    """Print the static call graph below ENTRY, as a tree.

    ENTRY is one of

    \b
      torch.nn.LSTM                 a public name, through re-exports
      package.module:Class.method   a name in a module
      model.py:MyModel              a name in a file
      model.ipynb:MyModel           a name in a notebook
      ./folder:package.module:Name  a name in a checkout: names begin in the folder
      ./folder:path/file.py:Name    the same, by the file
      train.py                      a script's own code, then what it defines and does not reach
      'train.py:<module>'           only what runs when the file runs
      ./folder                      all that the modules of a folder define
      torch.matmul, aten::add       a native function: its operator, kernels and way back

    What was read, with its version, is told on stderr.

    A function opens where it is first reached; ↑ marks one that opened above. ↓ marks one that
    opens further down, at the margin: constructors, which come after all that runs, and what is
    more than forty calls deep. Native callees end in the ATen operator behind them and its dispatch
    keys. What is not resolved says why.

    Behind the tree stands what a reader misses: modules that are made and never entered, and the
    calls that are not resolved, by reason; --why explains one of them. Exits with 1 if a trace that
    is to be merged cannot be used.
    """  # noqa: D301 (click wants a backspace before what it must not wrap)
    import json

    from srcread.graph.losses import losses
    from srcread.graph.present import graph_as_json, graph_as_tree
    from srcread.opening.entry import walk_entry

    if why is not None and as_json:
        raise click.UsageError("--why explains in words. Leave out --json, or --why.")
    limits = limits_of(seconds, functions, more)
    place = place_of(why) if why is not None else None
    with progress(in_pipe=True) as tell:
        code = walk_entry(entry, idioms=idioms, progress=tell, python=python, limits=limits)
        place = inside(place, code.distributions) if place is not None else None
        explained = code.why(*place) if place is not None else []
        problems: tuple[Diagnostic, ...] = ()
        if observed:
            from srcread.stories.trace import observed_graph

            code.graph, problems = observed_graph(code)
    if place is not None:
        for line in explained or [nothing_at(code.graph, *place)]:
            echo(line)
    elif as_json:
        data = graph_as_json(code.graph, code.distributions)
        click.echo(json.dumps(data, indent=1))
    else:
        for line in graph_as_tree(code.graph, depth):
            echo(line)
        lost = list(losses(code.graph))
        for line in ["", *lost] if lost else []:
            echo(line)
    _say_how_to_go_on(code.graph.stopped)
    say_read(code.distributions)
    print_findings(code.graph.diagnostics)
    if print_findings(problems):
        sys.exit(FINDINGS)


@click.command()
@click.argument("requirement", metavar="DIST[==VERSION]")
@click.option(
    "--from",
    "address",
    metavar="PATH-OR-URL",
    help="A clone or a git repository to read instead of the package index or the known one.",
)
@click.option(
    "--ref", "reference", metavar="REF", help="The branch, tag or commit of it; else the tag."
)
def fetch(requirement: str, address: str | None, reference: str | None) -> None:
    """Bring a distribution's sources into the store.

    Nothing is installed: only its Python files, stubs, operator lists and licences are read out of
    the wheel, on the index that pip or uv would ask by their variables and files. Where the sources
    are only in git, as those of tensorrt-llm, these files are read at the release's tag.
    """
    from srcread.sources import Sources
    from srcread.sources import fetch as fetch_distribution

    with progress() as tell:
        distribution = fetch_distribution(
            requirement, address=address, reference=reference, progress=tell
        )
        modules = len(Sources([distribution]).modules(distribution.name))
    echo(f"{distribution.name} {distribution.version}: {count(modules, 'module')} in the store.")


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


def _print_warnings(warnings: Sequence[Diagnostic], check: str) -> None:
    """Print warnings; those about evidence, which only an author can mend, are counted in a line.

    `check` is the command that prints each. The pages say what the evidence of each note is.
    """
    about: list[Diagnostic] = []
    others: list[Diagnostic] = []
    for one in warnings:
        is_open = one.code.startswith("EVID") and one.severity.value == "warning"
        (about if is_open else others).append(one)
    print_shown(others, (), f"`{check} --all`")
    notes = count(len({one.path.rpartition(".")[0] for one in about}), "note")
    if about:
        echo(f"The evidence of {notes} leaves something open: `{check}` says what.", err=True)


def _say_how_to_go_on(stopped: Stop | None) -> None:
    """Say that a graph is a part, and the command that makes the whole: as given, with --more."""
    if stopped is not None:
        from srcread.graph.limits import stop_words

        whole = f"srcread {as_given(click.get_current_context())} --more"
        echo(f"This is a part, stopped {stop_words(stopped)}. For all of it: {whole}", err=True)
