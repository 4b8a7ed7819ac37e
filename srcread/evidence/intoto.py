"""A recorded run as an in-toto statement, both ways: a test result over what the run depended on.

One statement a run, by version 1.2 of the in-toto attestation framework: Statement v1 with the
predicate test-result v0.1 (https://github.com/in-toto/attestation/tree/main/spec). Its subjects are
the files whose bytes the run depended on, by their sha256 as they were then: the snippet, the lock
of its note, and the RECORD of each installed distribution. Claims are the tests: *warned* is one
that held and that no change of the code turned false. The configuration has the environment as
JSON, and the digests of the anchored symbols, by an algorithm of our own (`srcreadD1`, in hex).

Plain JSON: the library of in-toto is generated from protobuf and brings that along, for objects of
four kinds. Equal runs give equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from srcread.evidence.fields import each_of, field_of
from srcread.evidence.grading import are_known, open_claims
from srcread.evidence.loading import Unusable, loads_once
from srcread.evidence.runs import environment_json
from srcread.evidence.sentences import say
from srcread.model import Run

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
PAYLOAD = "application/vnd.in-toto+json"
"""The type of a statement in a DSSE envelope."""

_RESULTS = ("PASSED", "WARNED", "FAILED")
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Subject:
    """A file that a statement is about; of a RECORD, the distribution and its version."""

    name: str
    sha256: str
    distribution: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement says: its subjects, the result, and how many claims passed."""

    subjects: tuple[Subject, ...]
    result: str
    passed: int
    failed: int


def statement(tour: str, stem: str, run: Run) -> bytes:
    """Return the statement of a run of `TOUR/STEM`, as the one line that is its bytes."""
    passed, warned, failed = _sorted_claims(run)
    result = "FAILED" if not run.confirmed else "WARNED" if warned else "PASSED"
    content = {
        "_type": STATEMENT,
        "subject": [_subject_json(one) for one in _subjects(tour, stem, run)],
        "predicateType": PREDICATE,
        "predicate": {
            "result": result,
            "configuration": list(_configuration(run)),
            "passedTests": passed,
            "warnedTests": warned,
            "failedTests": failed,
        },
    }
    return _canonical(content)


def unbound(run: Run) -> tuple[str, ...]:
    """Name what a run's statement cannot be bound to, for the run did not keep its digest."""
    trees = {one.partition("==")[0] for one in run.lab.trees} if run.lab else set()
    known = run.environment.records.keys() | trees
    missing = sorted(run.environment.distributions.keys() - known)
    lock = () if run.lock else ("its lock",)
    return (*lock, *(f"the RECORD of {name}" for name in missing))


def content_of(run: Run) -> str:
    """Return what tells a run from others in its statement: when and where it ran, as base64."""
    told = {
        "by": run.by,
        "date": run.date,
        "environment": environment_json(run.environment),
        "imported": run.imported,
        "reasons": [say(reason) for reason in run.reasons],
        "replaced": list(run.replaced),
    }
    return base64.b64encode(_canonical(told)).decode()


def read_statement(data: bytes) -> Statement | None:
    """Read a statement; None if it is one of another kind than a test result.

    Raises:
        Unusable: it is no statement, or not as in-toto has them.
    """
    content = loads_once(data)
    if not isinstance(content, dict) or content.get("_type") != STATEMENT:
        raise Unusable("EVID004", f"is no statement of {STATEMENT}")
    if content.get("predicateType") != PREDICATE:
        return None
    predicate = field_of(content, "predicate", dict)
    if predicate.get("result") not in _RESULTS:
        raise Unusable("EVID004", f"has none of the results {', '.join(_RESULTS)}")
    subjects = tuple(map(_subject, field_of(content, "subject", list)))
    if not subjects:
        raise Unusable("EVID004", "is about nothing: it has no subject")
    for descriptor in each_of(field_of(predicate, "configuration", list), dict, "configuration"):
        _refuse_other_content(descriptor)
    counts = (
        len(each_of(field_of(predicate, key, list), str, key))
        for key in ("passedTests", "warnedTests", "failedTests")
    )
    passed, warned, failed = counts
    return Statement(subjects, predicate["result"], passed + warned, failed)


def payload_of(envelope: object) -> bytes:
    """Return the statement's bytes out of a DSSE envelope; its signatures are not looked at.

    Raises:
        Unusable: it is no envelope of a statement.
    """
    if field_of(envelope, "payloadType", str) != PAYLOAD:
        raise Unusable("EVID004", f"has no payload of {PAYLOAD}")
    try:
        return base64.b64decode(field_of(envelope, "payload", str), validate=True)
    except ValueError:
        raise Unusable("EVID004", "has a payload that is no base64") from None


def _refuse_other_content(descriptor: dict[str, Any]) -> None:
    if "content" not in descriptor:
        return
    try:
        data = base64.b64decode(field_of(descriptor, "content", str), validate=True)
    except ValueError:
        raise Unusable("EVID004", "has a configuration that is no base64") from None
    digest = field_of(field_of(descriptor, "digest", dict), "sha256", str)
    if hashlib.sha256(data).hexdigest() != digest:
        raise Unusable("EVID005", "has a configuration that is not of its digest")


def _subjects(tour: str, stem: str, run: Run) -> Iterator[Subject]:
    yield Subject(f"{tour}/{stem}.py", run.depends.script)
    if run.lock is not None:
        yield Subject(f"{tour}/lock/{stem}.json", run.lock)
    for name, digest in sorted(run.environment.records.items()):
        version = run.environment.distributions[name]
        yield Subject(f"{name}-{version}.dist-info/RECORD", digest, name, version)


def _subject_json(subject: Subject) -> dict[str, Any]:
    found: dict[str, Any] = {"name": subject.name, "digest": {"sha256": subject.sha256}}
    if subject.distribution is not None:
        about = {"distribution": subject.distribution, "version": subject.version}
        found["annotations"] = about
    return found


def _subject(value: object) -> Subject:
    digest = field_of(field_of(value, "digest", dict), "sha256", str)
    if not _SHA256.fullmatch(digest):
        raise Unusable("EVID004", f"has {digest[:100]!r} for a sha256")
    about = value.get("annotations") if isinstance(value, dict) else None
    name = field_of(value, "name", str)
    if about is None:
        return Subject(name, digest)
    return Subject(
        name, digest, field_of(about, "distribution", str), field_of(about, "version", str)
    )


def _configuration(run: Run) -> Iterator[dict[str, Any]]:
    """Yield descriptors of what a run ran in, and of what it was about."""
    content = content_of(run)
    yield {
        "name": "run",
        "mediaType": "application/json",
        "digest": {"sha256": hashlib.sha256(base64.b64decode(content)).hexdigest()},
        "content": content,
    }
    equations = {f"equation {name}": value for name, value in run.depends.equations.items()}
    for name, digest in sorted({**run.depends.symbols, **equations}.items()):
        rule, _, value = digest.rpartition(":")
        yield {"name": name, "digest": {f"srcread{rule.upper()}": value}}
    for requirement, revision in sorted(run.lab.trees.items()) if run.lab else ():
        tree: dict[str, Any] = {
            "name": requirement,
            "uri": f"pkg:pypi/{requirement.replace('==', '@')}",
        }
        if _COMMIT.fullmatch(revision):
            tree["digest"] = {"gitCommit": revision}
        yield tree


def _sorted_claims(run: Run) -> tuple[list[str], list[str], list[str]]:
    """Return the claims that passed, that nothing turned false, and that did not hold."""
    judged = run.controls is not None and are_known(run.controls)
    unproven = set(open_claims(run)) if judged else set()
    passed, warned, failed = [], [], []
    for number, claim in enumerate(run.claims):
        if not (claim.held and claim.evaluations):
            failed.append(claim.sentence)
        elif number in unproven:
            warned.append(claim.sentence)
        else:
            passed.append(claim.sentence)
    return passed, warned, failed


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")
