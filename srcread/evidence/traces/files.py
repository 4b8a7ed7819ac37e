"""traces/<scenario>.<device>.json, read with suspicion and written only when it says something new.

    {"format": 2, "scenario": stem, "date", "digest", "environment", "untraced", …}

`content` describes the rest. A line holds one item of a list, so that a change shows in a diff;
keys are sorted. A file is contributed content: what is corrupt or foreign is a diagnostic. One of
format 1 is read, and written as format 2 when its scenario is recorded; one of a newer format is
never overwritten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from srcread.errors import SrcreadError
from srcread.evidence.fields import field_of, texts_of
from srcread.evidence.format1 import upgraded_environment, upgraded_reasons
from srcread.evidence.loading import Codes, Unusable, load_json
from srcread.evidence.traces.content import trace_of
from srcread.model import Diagnostic, Trace
from srcread.support.files import write_file

FORMAT = 2

_CODES = Codes("TRAC001", "TRAC002", "TRAC003", "TRAC004")

_DEVICES = ("cpu", "cuda")
_NAME = re.compile(rf"(?P<scenario>[\w.-]+)\.(?P<device>{'|'.join(_DEVICES)})\.json")
_KEYS = frozenset(
    {"scenario", "environment", "date", "digest", "untraced", "symbols", "operations", "cases"}
    | {"roots", "words", "by", "imported", "modules", "unseen"}
)
_LISTS = ("symbols", "operations", "cases")


def trace_path(folder: Path, scenario: str, device: str) -> Path:
    """Return where a tour's folder keeps the trace of one scenario on one kind of device."""
    return folder / "traces" / f"{scenario}.{device}.json"


def has_traces(folder: Path, scenario: str) -> bool:
    """Tell whether a tour's folder has a trace of a scenario, usable or not."""
    return any(trace_path(folder, scenario, device).exists() for device in _DEVICES)


def read_traces(folder: Path) -> tuple[tuple[Trace, ...], tuple[Diagnostic, ...]]:
    """Read all traces of a tour's folder, and say what cannot be used and why."""
    traces: list[Trace] = []
    problems: list[Diagnostic] = []
    for path in sorted((folder / "traces").glob("*")):
        trace, found = read_trace(path)
        traces += [trace] if trace is not None else []
        problems += found
    return tuple(traces), tuple(problems)


def read_trace(path: Path) -> tuple[Trace | None, tuple[Diagnostic, ...]]:
    """Read one trace: None if there is none or it is unusable, which a finding explains.

    TRAC001 cannot be read · TRAC002 is not JSON · TRAC003 another format · TRAC004 a part is
    missing or of a wrong kind · TRAC005 is of another scenario or device, or of another name.
    """
    try:
        content = _load(path)
        trace = trace_of(content)
        _refuse_foreign(path, trace)
    except FileNotFoundError:
        return None, ()
    except Unusable as problem:
        stem = path.name.partition(".")[0]
        hint = f"Run `srcread trace {stem}` to write it anew."
        hint = "Use a newer srcread." if problem.code == "TRAC003" else hint
        message = f"{path.name} {problem.message}."
        return None, (Diagnostic(str(path), problem.line, problem.code, message, hint),)
    return trace, ()


def content_of(path: Path) -> dict[str, Any]:
    """Return what a trace's file holds, without keys that this srcread does not know.

    Raises:
        Unusable: it is no trace.
    """
    content = _load(path)
    return {key: content[key] for key in sorted(_KEYS & content.keys())}


def record_trace(path: Path, content: Mapping[str, Any]) -> bool:
    """Write a trace, and tell whether the file had to change: a date alone is no change.

    One's own takes the place of an equal one that was imported, and not the other way round.

    Raises:
        SrcreadError: the file is of another format, or cannot be written.
    """
    try:
        old = _load(path)
        own_again = "imported" in old and "imported" not in content
        if _said(old) == _said(content) and not own_again:
            if _read(path)["format"] == FORMAT:
                return False
            content = old
    except FileNotFoundError:
        pass
    except Unusable as problem:
        if problem.code == "TRAC003":
            raise SrcreadError(f"{path}: {problem.message}. Use a newer srcread.") from None
    write_file(path, "".join(_lines({**content, "format": FORMAT})).encode())
    return True


def _said(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a trace says, but for its day, who recorded it and where it came from."""
    apart = ("date", "by", "imported", "format")
    return {key: value for key, value in content.items() if key not in apart}


def _load(path: Path) -> dict[str, Any]:
    content = _read(path)
    if content["format"] == FORMAT:
        return content
    try:
        environment = upgraded_environment(field_of(content, "environment", dict))
        untraced = upgraded_reasons(texts_of(content, "untraced"))
    except Unusable as problem:
        raise Unusable("TRAC004", problem.message) from None
    return {**content, "format": FORMAT, "environment": environment, "untraced": untraced}


def _read(path: Path) -> dict[str, Any]:
    return load_json(path, "trace", (1, FORMAT), _CODES)


def _refuse_foreign(path: Path, trace: Trace) -> None:
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise Unusable("TRAC005", "is not named SCENARIO.cpu.json or SCENARIO.cuda.json")
    kind = trace.environment.device.kind
    if (trace.scenario, kind) != (named["scenario"], named["device"]):
        raise Unusable("TRAC005", f"is a trace of {trace.scenario!r} on {kind!r}")


def _lines(content: Mapping[str, Any]) -> Iterator[str]:
    for number, key in enumerate(sorted(content)):
        yield "{" if number == 0 else ",\n "
        if key in _LISTS and content[key]:
            rows = ",\n  ".join(_compact(row) for row in content[key])
            yield f'"{key}": [\n  {rows}]'
        else:
            yield f'"{key}": {json.dumps(content[key], ensure_ascii=False, sort_keys=True)}'
    yield "}\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
