"""Findings as SARIF 2.1.0, for forges and editors that show them beside the code.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Addresses are relative to the
checkout, the nearest folder above with a `.git`, else to where the command runs; what lies
elsewhere has a whole one. A finding about read source stands at the tour's tour.toml, with the
source's own place as a logical location: forges show only what is a file of theirs. Fingerprints
leave out lines, so that a finding stays the same when others move it. Same findings, same bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from srcread.about import VERSION
from srcread.model import Diagnostic, Severity
from srcread.notes.format.codes import RULES
from srcread.stories.check import Checked
from srcread.stories.explain import help_of

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

_ROOT = "SRCROOT"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
_FINGERPRINT = "srcread/v1"
_NUMBER = re.compile(r"\d+")


def sarif(checked: Checked) -> Mapping[str, object]:
    """Return a log of what was found, with a rule for each code among the findings."""
    codes = sorted({item.code for item in checked.findings})
    driver = {"name": "srcread", "version": VERSION, "rules": [_rule(code) for code in codes]}
    description = {"description": {"text": "The root of the checkout."}}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: description},
        "results": list(_results(checked.findings, codes, checked.folders)),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> Mapping[str, object]:
    rule = RULES[code]
    text, markdown = help_of(code)
    return {
        "id": code,
        "shortDescription": {"text": rule.sentence},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _results(
    findings: Iterable[Diagnostic], codes: Sequence[str], folders: Sequence[Path]
) -> Iterable[Mapping[str, object]]:
    root = _checkout()
    seen: Counter[tuple[str, ...]] = Counter()
    for item in findings:
        location = _location(item, root, folders)
        message = f"{item.message} {item.hint}".strip()
        same = (item.code, item.path, _NUMBER.sub("#", item.message))
        seen[same] += 1
        digest = hashlib.sha256("\0".join([*same, str(seen[same])]).encode("utf-8", "replace"))
        yield {
            "ruleId": item.code,
            "ruleIndex": codes.index(item.code),
            "level": _LEVELS[item.severity],
            "message": {"text": message},
            "locations": [location],
            "partialFingerprints": {_FINGERPRINT: digest.hexdigest()},
        }


def _location(item: Diagnostic, root: Path, folders: Sequence[Path]) -> Mapping[str, object]:
    """Return the place of a finding: its file and line; of read source, the tour that reads it."""
    is_source = ":" in item.path and not Path(item.path).exists() and bool(folders)
    path = folders[0] / "tour.toml" if is_source else Path(item.path)
    physical: dict[str, object] = {"artifactLocation": _address(path, root)}
    if is_source:
        place = f"{item.path}:{item.line}" if item.line else item.path
        logical = [{"fullyQualifiedName": place, "kind": "module"}]
        return {"physicalLocation": physical, "logicalLocations": logical}
    if item.line:
        physical["region"] = {"startLine": item.line}
    return {"physicalLocation": physical}


def _address(path: Path, root: Path) -> Mapping[str, str]:
    whole = path.absolute()
    whole = whole.parent.resolve() / whole.name  # a link is a file of the checkout itself
    if not whole.is_relative_to(root):
        return {"uri": whole.as_uri()}
    inside = whole.relative_to(root).as_posix()
    return {"uri": quote(inside.encode("utf-8", "surrogateescape")), "uriBaseId": _ROOT}


def _checkout() -> Path:
    here = Path.cwd().resolve()
    return next((one for one in (here, *here.parents) if (one / ".git").exists()), here)
