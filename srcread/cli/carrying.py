"""The commands that carry evidence: evidence import, evidence export, evidence verify."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from srcread.cli.annotating import ANNOTATIONS
from srcread.cli.confirming import PYTHON
from srcread.cli.console import FINDINGS, Commands, count, echo, print_findings, progress
from srcread.errors import SrcreadError

if TYPE_CHECKING:
    from srcread.stories.attest import Verified


@click.group("evidence", cls=Commands)
def evidence() -> None:
    """Carry evidence from where it was recorded to where the notes are."""


@evidence.command("import")
@click.argument("archive", metavar="FILE", type=click.Path(path_type=Path))
@ANNOTATIONS
def import_evidence(archive: Path, annotations: Path | None) -> None:
    """Take in what `srcread confirm --out FILE` or `srcread trace --out FILE` recorded elsewhere.

    Only runs and traces of the snippets, scenarios and symbols as they are here are taken in. Exits
    with 1 if others were among them, or what is no evidence.
    """
    from srcread.evidence.sentences import say
    from srcread.evidence.standing import imported_remark
    from srcread.model import Run
    from srcread.stories.carry import take_in

    taken, findings = take_in(archive, annotations=annotations)
    for item in taken:
        changed = "recorded" if item.recorded else "as recorded"
        word = "traced"
        if isinstance(item.what, Run):
            word = "confirmed" if item.what.confirmed else "NOT CONFIRMED"
        what = item.what
        echo(f"{word:13}  {item.tour}/{item.stem}: on {what.environment.device.name} ({changed})")
        if (remark := imported_remark(what.imported, what.date, what.by)) is not None:
            echo(f"{'':13}  {say(remark)}")
    runs = sum(isinstance(item.what, Run) for item in taken)
    traces = f" and {count(len(taken) - runs, 'trace')}" if len(taken) > runs else ""
    echo(f"{count(runs, 'run')}{traces} taken in.")
    if print_findings(findings):
        sys.exit(FINDINGS)


@evidence.command()
@click.argument("notes", nargs=-1, metavar="[NOTE]...")
@click.option("--in-toto", "in_toto", is_flag=True, help="As in-toto statements; needed.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The file to write: JSON lines, a statement each, by custom FILE.intoto.jsonl.",
)
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@click.option(
    "--sign", is_flag=True, help="Sign each statement by sigstore, which asks who you are."
)
@ANNOTATIONS
def export(
    notes: tuple[str, ...],
    in_toto: bool,
    out: Path,
    force: bool,
    sign: bool,
    annotations: Path | None,
) -> None:
    """Write each recorded run as an in-toto statement.

    NOTE is what it is for `srcread confirm`; all recorded runs are written, whatever they say. A
    statement is a test result, bound to the bytes of the snippet, of its lock and of the RECORD of
    what ran. `srcread evidence verify` looks whether these are here.
    """
    from srcread.stories.attest import export as export_runs
    from srcread.stories.attest import refuse_existing, write_statements
    from srcread.stories.signing import SigstoreSigner

    if not in_toto:
        raise SrcreadError("Say in which form: --in-toto is the one that there is.")
    refuse_existing(out, force)  # said before somebody signs
    exported = export_runs(
        notes, annotations=annotations, signer=SigstoreSigner() if sign else None
    )
    write_statements(exported.statements, out)
    for name, why in exported.left_out:
        echo(f"left out: {name}: {why}")
    for one in exported.statements:
        if one.unbound:
            echo(f"not bound to {', '.join(one.unbound)}: {one.tour}/{one.stem}")
        if one.stale:
            echo(f"stale, its bytes are not those that are here: {one.tour}/{one.stem}")
    echo(f"{count(len(exported.statements), 'statement')} written to {out}.")


@evidence.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@PYTHON
@click.option(
    "--identity", help="Who must have signed each statement: an e-mail address, or a URI."
)
@click.option("--issuer", help="Who vouches for that identity, as https://accounts.google.com.")
@ANNOTATIONS
def verify(
    file: Path,
    python: Path | None,
    identity: str | None,
    issuer: str | None,
    annotations: Path | None,
) -> None:
    """Verify that the bytes which statements in FILE are about are here.

    The snippet and its lock are looked for in the tours, the RECORD of a distribution and the files
    that it lists in the environment. With --identity and --issuer, each statement must be signed by
    them. Exits with 1, naming what differs, if one byte of these is another.
    """
    from srcread.stories.attest import search_path
    from srcread.stories.attest import verify as verify_statements
    from srcread.stories.signing import SigstoreVerifier

    if bool(identity) is not bool(issuer):
        raise SrcreadError("--identity and --issuer go together: an identity is one of its issuer.")
    verifier = SigstoreVerifier(identity, issuer) if identity and issuer else None
    with progress() as tell:
        lines = verify_statements(
            file,
            annotations=annotations,
            path=search_path(python) if python else None,
            verifier=verifier,
            progress=tell,
        )
    for line in lines:
        _show(line)
    good = sum(line.statement is not None and not line.problems for line in lines)
    wrong = sum(bool(line.problems) for line in lines)
    echo(f"{good} of {count(len(lines), 'statement')} verified.")
    if wrong or not good:
        sys.exit(FINDINGS)


def _show(line: Verified) -> None:
    name = f"line {line.number}"
    if line.statement is None:
        for problem in line.problems or ("is a statement of another kind, and is passed over",):
            echo(f"{name}: {problem}", err=bool(line.problems))
        return
    signed = {True: "signed", False: "not signed", None: "its signature was not looked at"}
    recorded = "as recorded here" if line.recorded else "no run recorded here says the same"
    first = line.statement.subjects[0].name
    files = count(len(line.statement.subjects), "file")
    word = "DIFFERS" if line.problems else "verified"
    told = f"{line.statement.result}, {files}, {signed[line.signed]}, {recorded}"
    echo(f"{word:8}  {first}: {told}")
    for problem in line.problems:
        echo(f"{name}: {problem}.", err=True)
