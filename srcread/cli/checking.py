"""The command that holds tours to the rules, check: its explanations, its forms for programs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from srcread.cli.annotating import ANNOTATIONS
from srcread.cli.console import FINDINGS, count, echo, print_shown, progress

if TYPE_CHECKING:
    from srcread.model import Diagnostic
    from srcread.stories.check import Checked

_WIDEST = 100  # columns of what is explained


def _print_rules(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if not value or context.resilient_parsing:
        return
    from srcread.notes.format.codes import RULES

    for rule in RULES.values():
        mended = " --fix mends it." if rule.fixable else ""
        click.echo(f"{rule.code:8}  {rule.severity.value:7}  {rule.sentence}{mended}")
    context.exit()


def _explain(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is None or context.resilient_parsing:
        return
    from srcread.stories.explain import explain

    for line in explain(value, min(shutil.get_terminal_size().columns, _WIDEST)):
        echo(line)
    context.exit()


@click.command()
@click.argument("tours", nargs=-1, metavar="[TOUR]...")
@click.option("--fix", is_flag=True, help="Mend what needs no judgement.")
@click.option(
    "--explain",
    metavar="CODE",
    is_eager=True,
    expose_value=False,
    callback=_explain,
    help="Print why a rule is there, an example and its cure, as of NOTE022; of NOTE, its rules.",
)
@click.option(
    "--rules",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_rules,
    help="Print every rule with its code, and check nothing.",
)
@click.option("--translations", is_flag=True, help="List missing translations, too.")
@click.option("--strict", is_flag=True, help="Count every finding as an error, for gates.")
@click.option("--all", "every", is_flag=True, help="Print every finding, however many of a kind.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="How findings are printed.",
)
@ANNOTATIONS
def check(
    tours: tuple[str, ...],
    fix: bool,
    translations: bool,
    strict: bool,
    every: bool,
    form: str,
    annotations: Path | None,
) -> None:
    """Check these tours, or all of them, by every rule.

    All findings are printed at once, each with its place, what is wrong and what to do; of more
    than five of a kind in one tour the first five. Among them is evidence that is missing, stale,
    failed, or of another version than the tour's. Exits with 1 if there are errors; with --strict,
    if there is any finding.
    """
    from srcread.stories.check import check as check_tours

    with progress() as tell:
        checked = check_tours(
            tours,
            annotations=annotations,
            fix=fix,
            translations=translations,
            strict=strict,
            progress=tell,
        )
    for path, what in checked.fixed:
        echo(f"fixed {path.as_posix()}: {what}", err=form != "text")
    for why in checked.unmended:
        echo(f"not mended: {why}", err=True)
    if form == "text":
        _print_text(checked, every)
    elif form == "sarif":
        from srcread.stories.sarif import sarif

        click.echo(json.dumps(sarif(checked), indent=1))
    else:
        _print_for_programs(checked.findings, form)
    if checked.errors:
        sys.exit(FINDINGS)


def _print_text(checked: Checked, every: bool) -> None:
    from srcread.stories.shown import codes_of

    print_shown(checked.findings, checked.folders, "--all", every=every)
    found = ", ".join([count(checked.errors, "error"), count(checked.warnings, "warning")])
    found += f", {count(checked.hints, 'hint')}" if checked.hints else ""
    echo(f"{count(len(checked.tours), 'tour')} checked: {found}.")
    match codes_of(checked.findings):
        case (code,):
            echo(f"srcread check --explain {code} shows an example and its cure.", err=True)
        case (first, *others):
            also = " or ".join(others)
            says = f"srcread check --explain {first} (or {also}) shows an example and its cure."
            echo(says, err=True)


def _print_for_programs(items: Iterable[Diagnostic], form: str) -> None:
    from srcread.model import Severity

    if form == "json":
        data = [
            {
                "path": item.path,
                "line": item.line or None,
                "code": item.code,
                "severity": item.severity.value,
                "message": item.message,
                "hint": item.hint,
            }
            for item in items
        ]
        click.echo(json.dumps({"format": 1, "findings": data}, indent=1))
        return
    for item in items:
        word = {Severity.HINT: "notice"}.get(item.severity, item.severity.value)
        text = _escaped(f"{item.message} {item.hint}".strip())
        file, title = (_escaped(it, ":,") for it in (item.path, item.code))
        echo(f"::{word} file={file},line={item.line or 1},title={title}::{text}")


def _escaped(text: str, signs: str = "") -> str:
    """Escape what ends a command of GitHub's, or one of its properties, as its runner reads it.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    for sign in ("%", "\r", "\n", *signs):
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text
