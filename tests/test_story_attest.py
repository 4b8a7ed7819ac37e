"""Runs as in-toto statements: what they are bound to, and that one other byte of any is noticed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import shutil
import venv
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from support.story_example import install, process, srcread, write_tour

from srcread.errors import SrcreadError
from srcread.evidence.grading import OPERATORS_VERSION
from srcread.stories.attest import export, verify

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

TOUR = Path("annotations/tiny-model")
FIRST = "Of three layers only the last one scales."
RECORD = "there/tiny-1.0.dist-info/RECORD"


def seal(site: Path) -> None:
    """Write RECORD as an installer does, with the digest of each file but its own."""
    rows = []
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if path.is_file() and "__pycache__" not in name and path.name != "RECORD":
            digest = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest())
            rows.append(f"{name},sha256={digest.decode().rstrip('=')},{path.stat().st_size}")
    record = next(site.glob("*.dist-info")) / "RECORD"
    record.write_text("\r\n".join([*rows, "tiny-1.0.dist-info/RECORD,,", ""]), newline="")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tour whose notes were run in ./venv, which has the tiny 1.0 of ./there."""
    folder = tmp_path_factory.mktemp("prepared")
    install(folder / "installed")
    seal(install(folder / "there"))
    write_tour(folder / "annotations")
    venv.create(folder / "venv", symlinks=True)
    (packages,) = (folder / "venv").glob("lib/*/site-packages")
    (packages / "tiny.pth").write_text("../../../../there\n")  # of each copy its own
    for command in (("check", "--fix", "tiny-model"), ("confirm", "--python", "venv")):
        done = process(*command, cwd=folder, site=folder / "installed")
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def here(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, of the test's own."""
    folder = shutil.copytree(prepared, tmp_path / "here", symlinks=True)
    monkeypatch.syspath_prepend(folder / "installed")
    monkeypatch.chdir(folder)
    return folder


def exported(*words: str) -> Result:
    return srcread("evidence", "export", "--in-toto", "--out", "runs.intoto.jsonl", *words)


def verified(*words: str) -> Result:
    return srcread("evidence", "verify", "runs.intoto.jsonl", "--python", "venv", *words)


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("runs.intoto.jsonl").read_text().splitlines()]


def sha256(path: Path | str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def test_a_statement_is_a_test_result_over_snippet_lock_and_record(here: Path) -> None:
    done = exported("first-layers")
    assert (done.exit_code, done.stdout) == (0, "1 statement written to runs.intoto.jsonl.\n")
    (told,) = lines()
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert told["subject"] == [
        {
            "name": "tiny-model/first-layers.py",
            "digest": {"sha256": sha256(TOUR / "first-layers.py")},
        },
        {
            "name": "tiny-model/lock/first-layers.json",
            "digest": {"sha256": sha256(TOUR / "lock" / "first-layers.json")},
        },
        {
            "name": "tiny-1.0.dist-info/RECORD",
            "digest": {"sha256": sha256(RECORD)},
            "annotations": {"distribution": "tiny", "version": "1.0"},
        },
    ]
    predicate = told["predicate"]
    assert (predicate["result"], predicate["passedTests"]) == ("PASSED", [FIRST])
    assert predicate["warnedTests"] == predicate["failedTests"] == []


def test_its_configuration_is_what_it_ran_in_and_what_it_is_about(here: Path) -> None:
    exported("first-layers")
    run, symbol = lines()[0]["predicate"]["configuration"]
    data = base64.b64decode(run["content"])
    assert run["digest"] == {"sha256": hashlib.sha256(data).hexdigest()}
    told = json.loads(data)
    recorded = json.loads((TOUR / "evidence" / "first-layers.json").read_text())["runs"][0]
    assert told["environment"] == recorded["environment"]
    assert (told["date"], told["by"], told["imported"]) == (recorded["date"], None, None)
    assert symbol["name"] == "tiny.model.Layer.run"
    digest = recorded["digests"]["symbols"]["tiny.model.Layer.run"]
    assert symbol["digest"] == {"srcreadD1": digest.removeprefix("d1:")}


def test_equal_runs_give_equal_bytes_and_no_file_is_written_over_unasked(here: Path) -> None:
    exported()
    before = Path("runs.intoto.jsonl").read_bytes()
    done = exported()
    assert done.exit_code == 2
    assert done.stderr == (
        "srcread: 'runs.intoto.jsonl' exists. Name another file, or say --force.\n"
    )
    Path("runs.intoto.jsonl").write_text("mine")
    assert exported("--force").exit_code == 0
    assert Path("runs.intoto.jsonl").read_bytes() == before


def test_all_is_verified_where_every_byte_is_as_it_ran(here: Path) -> None:
    exported()
    done = verified()
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "verified  tiny-model/layer-order.py: PASSED, 3 files, not signed, as recorded here\n"
        "verified  tiny-model/first-layers.py: PASSED, 3 files, not signed, as recorded here\n"
        "2 of 2 statements verified.\n"
    )


BYTES = {
    "the snippet": (TOUR / "first-layers.py", "tiny-model/first-layers.py has other bytes."),
    "the lock": (
        TOUR / "lock" / "first-layers.json", "tiny-model/lock/first-layers.json has other bytes.",
    ),
    "RECORD": (Path(RECORD), "the RECORD of tiny 1.0 has other bytes."),
    "a file that RECORD lists": (
        Path("there/tiny/ops.py"), "tiny 1.0: tiny/ops.py has other bytes than RECORD says.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", [0, -1])
@pytest.mark.parametrize("case", BYTES)
def test_one_other_byte_is_named(here: Path, case: str, place: int) -> None:
    path, words = BYTES[case]
    exported("first-layers")
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    done = verified()
    assert done.exit_code == 1
    assert done.stderr == f"line 1: {words}\n"
    assert "DIFFERS   tiny-model/first-layers.py: PASSED" in done.stdout
    assert done.stdout.endswith("0 of 1 statement verified.\n")


GONE = {
    "the snippet": (TOUR / "first-layers.py", "first-layers.py cannot be read: No such file"),
    "RECORD": (Path(RECORD), "the RECORD of tiny 1.0 cannot be read: No such file"),
    "a file that RECORD lists": (Path("there/tiny/ops.py"), "tiny/ops.py cannot be read: No such"),
    "the tour": (TOUR / "tour.toml", "'tiny-model/first-layers.py' is no file of a tour that is"),
}


@pytest.mark.parametrize("case", GONE)
def test_what_is_gone_is_named(here: Path, case: str) -> None:
    path, words = GONE[case]
    exported("first-layers")
    path.unlink()
    done = verified()
    assert done.exit_code == 1 and words in done.stderr


def test_another_version_and_none_at_all_are_named(here: Path) -> None:
    exported("first-layers")
    shutil.rmtree("there")
    assert "tiny is not installed where it was looked for." in verified().stderr
    install(here / "there", "1.1")
    assert "tiny 1.1 is installed, and not 1.0." in verified().stderr


def flipped() -> Iterator[bytes]:
    data = Path("runs.intoto.jsonl").read_bytes()
    marks = (b'sha256":"', b"Statement/v1", b"PASSED", b'passedTests":["', b'"content":"', b"{")
    for place in (*(data.index(mark) + len(mark) - 1 for mark in marks), len(data) - 2):
        changed = bytearray(data)
        changed[place] = ord("0") if changed[place] != ord("0") else ord("1")
        yield bytes(changed)


def test_a_byte_of_the_file_itself_is_noticed_too(here: Path) -> None:
    exported("first-layers")
    for data in list(flipped()):
        Path("runs.intoto.jsonl").write_bytes(data)
        assert verified().exit_code == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("\udcff", "it is not UTF-8"),
        ("[]", "is no statement of https://in-toto.io/Statement/v1"),
        ('{"a": 1, "a": 2}', "the key 'a' stands twice"),
        ('{"dsseEnvelope": {"payloadType": "text/plain"}}', "has no payload of application/vnd.in"),
        ('{"payloadType": "application/vnd.in-toto+json", "payload": "!"}', "is no base64"),
    ],
)
def test_a_line_that_is_no_statement_is_named(here: Path, text: str, words: str) -> None:
    exported("first-layers")
    with open("runs.intoto.jsonl", "a", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text + "\n")
    done = verified()
    assert done.exit_code == 1
    assert "line 2: " in done.stderr and words in done.stderr
    assert "1 of 2 statements verified." in done.stdout


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "tiny-model/../tour.toml", "/etc/passwd", "tiny-model/tour.toml"]
)
def test_a_subject_leads_nowhere_but_to_a_tours_files(here: Path, name: str) -> None:
    exported("first-layers")
    (told,) = lines()
    told["subject"] = [{"name": name, "digest": {"sha256": "0" * 64}}]
    Path("runs.intoto.jsonl").write_text(json.dumps(told))
    done = verified()
    assert done.exit_code == 1
    assert f"{name!r} is no file of a tour that is here." in done.stderr


def test_statements_of_another_kind_are_passed_over(here: Path) -> None:
    exported("first-layers")
    (told,) = lines()
    other = {**told, "predicateType": "https://slsa.dev/provenance/v1"}
    Path("runs.intoto.jsonl").write_text(f"{json.dumps(told)}\n\n{json.dumps(other)}\n")
    done = verified()
    assert done.exit_code == 0
    assert "line 3: is a statement of another kind, and is passed over" in done.stdout
    assert "1 of 2 statements verified." in done.stdout


def test_a_run_that_was_made_anew_since_is_no_contradiction(here: Path) -> None:
    exported("first-layers")
    altered(date="2026-01-02")
    done = verified()
    assert done.exit_code == 0
    assert "PASSED, 3 files, not signed, no run recorded here says the same\n" in done.stdout


def altered(**changes: Any) -> None:
    path = TOUR / "evidence" / "first-layers.json"
    content = json.loads(path.read_text())
    content["runs"][0].update(changes)
    path.write_text(json.dumps(content))


def test_a_run_of_before_is_exported_without_what_it_did_not_keep_and_says_so(here: Path) -> None:
    path = TOUR / "evidence" / "first-layers.json"
    content = json.loads(path.read_text())
    del content["runs"][0]["lock"], content["runs"][0]["environment"]["records"]
    path.write_text(json.dumps(content))
    done = exported("first-layers")
    assert done.exit_code == 0
    words = "not bound to its lock, the RECORD of tiny: tiny-model/first-layers\n"
    assert done.stdout.startswith(words)
    assert [one["name"] for one in lines()[0]["subject"]] == ["tiny-model/first-layers.py"]
    assert verified().exit_code == 0
    again = srcread("confirm", "first-layers", "--python", "venv")
    assert "(recorded)" in again.stdout  # now it keeps them
    exported("first-layers", "--force")
    assert len(lines()[0]["subject"]) == 3


def test_a_run_that_failed_is_a_failed_test(here: Path) -> None:
    reason = {"code": "claim-false", "claim": 1, "sentence": FIRST}
    claim = {"sentence": FIRST, "evaluations": 1, "held": False}
    altered(confirmed=False, reasons=[reason], claims=[claim], reach=[])
    exported("first-layers")
    predicate = lines()[0]["predicate"]
    assert (predicate["result"], predicate["failedTests"]) == ("FAILED", [FIRST])
    assert predicate["passedTests"] == []


def test_a_claim_that_no_change_turned_false_is_a_warning(here: Path) -> None:
    nothing: dict[str, Any] = {"claim": {}, "crash": [], "unseen": [], "silent": []}
    altered(
        controls={
            "version": OPERATORS_VERSION,
            "mutants": nothing,
            "declared": nothing,
            "refused": {},
        }
    )
    exported("first-layers")
    predicate = lines()[0]["predicate"]
    assert (predicate["result"], predicate["warnedTests"]) == ("WARNED", [FIRST])


def test_a_stale_run_is_bound_to_what_ran_and_not_to_what_is_here(here: Path) -> None:
    ran = sha256(TOUR / "first-layers.py")
    with open(TOUR / "first-layers.py", "a") as file:
        file.write("# new\n")
    done = exported("first-layers")
    assert "stale, its bytes are not those that are here: tiny-model/first-layers\n" in done.stdout
    assert lines()[0]["subject"][0]["digest"] == {"sha256": ran}
    assert verified().exit_code == 1


def test_a_run_that_could_not_be_is_no_test_result(here: Path) -> None:
    why = {"code": "cannot-run", "why": {"code": "excused", "said": "needs a GPU"}}
    claim = {"sentence": FIRST, "evaluations": 0, "held": False}
    altered(confirmed=False, reasons=[why], claims=[claim], reach=[])
    done = exported()
    assert "left out: tiny-model/first-layers: cannot run here: needs a GPU\n" in done.stdout
    assert len(lines()) == 1
    Path("runs.intoto.jsonl").unlink()
    none = exported("first-layers")
    assert none.exit_code == 2 and "There is no recorded run to export." in none.stderr
    assert not Path("runs.intoto.jsonl").exists()


class Seal:
    """A signer and verifier of this test alone: a bundle with a MAC over DSSE's encoding."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, statement: bytes) -> str:
        payload = base64.b64encode(statement).decode()
        signatures = [{"sig": self._mac(statement)}]
        kind = "application/vnd.in-toto+json"
        envelope = {"payloadType": kind, "payload": payload, "signatures": signatures}
        return json.dumps({"dsseEnvelope": envelope}, indent=1)

    def verify(self, bundle: str) -> bytes:
        envelope = json.loads(bundle)["dsseEnvelope"]
        data = base64.b64decode(envelope["payload"])
        if envelope["signatures"][0]["sig"] != self._mac(data):
            raise SrcreadError("its signature is another's")
        return data

    def _mac(self, data: bytes) -> str:
        kind = b"application/vnd.in-toto+json"
        encoded = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(data), data)
        return hmac.new(self._key, encoded, "sha256").hexdigest()


def test_a_signer_is_handed_the_bytes_of_the_statement_and_a_line_is_its_bundle(here: Path) -> None:
    plain = [one.line for one in export(["first-layers"]).statements]
    (signed,) = export(["first-layers"], signer=Seal(b"mine")).statements
    assert "\n" not in signed.line
    payload = json.loads(signed.line)["dsseEnvelope"]["payload"]
    assert [base64.b64decode(payload).decode()] == plain
    Path("runs.intoto.jsonl").write_text(signed.line + "\n")
    assert "PASSED, 3 files, its signature was not looked at" in verified().stdout


def test_a_verifier_takes_only_what_is_signed_as_expected(here: Path) -> None:
    file, path = Path("runs.intoto.jsonl"), [str(here / "there")]
    (signed,) = export(["first-layers"], signer=Seal(b"mine")).statements
    file.write_text(signed.line + "\n")
    (good,) = verify(file, path=path, verifier=Seal(b"mine"))
    assert (good.problems, good.signed) == ((), True)
    (bad,) = verify(file, path=path, verifier=Seal(b"other"))
    assert (bad.statement, bad.problems) == (None, ("its signature is another's",))
    exported("first-layers", "--force")
    (bare,) = verify(file, path=path, verifier=Seal(b"mine"))
    assert bare.problems == ("it is not signed",)


@pytest.mark.skipif(find_spec("sigstore") is not None, reason="sigstore is installed here")
def test_without_sigstore_one_line_says_what_to_install(here: Path) -> None:
    done = exported("first-layers", "--sign")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "srcread: Signatures need sigstore: pip install 'srcread[sign]'.\n"
    assert not Path("runs.intoto.jsonl").exists()
    (signed,) = export(["first-layers"], signer=Seal(b"mine")).statements
    Path("runs.intoto.jsonl").write_text(signed.line + "\n")
    words = ("--identity", "ada@example.org", "--issuer", "https://accounts.example.org")
    assert "Signatures need sigstore" in verified(*words).stderr


def test_what_goes_together_is_asked_for(here: Path) -> None:
    exported("first-layers")
    assert "--identity and --issuer go together" in verified("--identity", "a").stderr
    done = srcread("evidence", "export", "--out", "x")
    assert done.exit_code == 2 and "--in-toto is the one that there is" in done.stderr
    done = srcread("evidence", "verify", "run.intoto.jsonl")
    assert "There is no file 'run.intoto.jsonl'. Did you mean 'runs.intoto.jsonl'?" in done.stderr


@pytest.mark.skipif(find_spec("in_toto_attestation") is None, reason="needs in-toto-attestation")
def test_the_library_of_in_toto_takes_a_statement_and_its_predicate(here: Path) -> None:
    from google.protobuf import json_format
    from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.statement import Statement

    exported()
    for told in lines():
        Statement.copy_from_pb(json_format.ParseDict(told, statement_pb2.Statement())).validate()
        read = json_format.ParseDict(told["predicate"], test_result_pb2.TestResult())
        assert (read.result, list(read.passed_tests)) == (
            "PASSED",
            told["predicate"]["passedTests"],
        )


@pytest.mark.skipif(find_spec("sigstore") is None, reason="needs sigstore")
def test_sigstore_takes_the_bytes_of_a_statement_as_they_are(here: Path) -> None:
    from sigstore.dsse import Statement

    (told,) = export(["first-layers"]).statements
    assert Statement(told.line.encode())._contents == told.line.encode()
