"""Recorded files of format 1, made into those of format 2: their sentences become reasons.

Format 1 kept English sentences, and digests under prefixed names. A sentence that this srcread no
longer says stays as it is, under the code `said`.
"""

from __future__ import annotations

import re
from typing import Any

from srcread.evidence.fields import field_of, texts_of
from srcread.evidence.loading import Unusable

_SENTENCES = {
    "it makes no claim": "no-claim",
    "foreign bytes among its records": "foreign-bytes",
    "claim {claim:n} is false: {sentence:q}": "claim-false",
    "part {part:n} of claim {claim:n} is false: {sentence:q}": "part-false",
    "claim {claim:n} was never evaluated: {sentence:q}": "claim-unevaluated",
    "part {part:n} of claim {claim:n} was never evaluated: {sentence:q}": "part-unevaluated",
    "what it took from the lab {problem}": "lab-unreadable",
    "took longer than {seconds:n} s": "time-limit",
    "used more than {seconds:n} s of CPU time": "cpu-limit",
    "held more than {size}": "memory-limit",
    "ran more than {count:n} processes at once": "process-limit",
    "printed more than {size}": "output-limit",
    "reported more than {size}": "record-limit",
    "the runner died or stopped with it": "runner-died",
    "killed by {signal:w} after its end": "killed-after-end",
    "killed by {signal:w}": "killed",
    "ended before its end: exit status {status:n}": "status-before-end",
    "ended after its end: exit status {status:n}": "status-after-end",
    "ended before its end: {how}": "ended-early",
    "raised {error:w} at line {line:n}: {message}": "raised-at-saying",
    "raised {error:w} at line {line:n}": "raised-at",
    "raised {error:w}: {message}": "raised-saying",
    "raised {error:w}": "raised",
    "its run came out differently when it was watched": "watching-differs",
    "its values differ from run to run": "values-vary",
    "{name:q} is no function of a module that can be imported.": "no-function",
    "{module:w} cannot be imported: {message}": "not-imported",
    "{module:w} has no {name:w} of its own when it runs": "not-there",
    "the text of {name:w} is not one function": "not-one-function",
    "{name:w} was made by a call, with variables of that call": "made-by-call",
    "the run has not made {module:w}": "not-made",
    "what runs is not compiled from this text": "other-text",
    "its text is not that of the code that runs": "other-text",
    "another function, {name:q}, stands under its name": "other-function",
    "its values cannot be described: {error:w}": "values-unknown",
    "a generator has no one end": "generator",
    "a coroutine has no one end": "coroutine",
}
_CANNOT_RUN = "cannot run here: "
_EXCUSES = {"it printed no reason": "excused-silently", "needs {name:w}": "needs"}

_GAP = re.compile(r"{(\w+)(?::(\w))?}")
_KINDS = {"n": r"-?[\d.]+", "w": r"\S+", "q": r"(?:'.*'|\".*\")", None: ".+"}


def upgraded_run(value: object) -> dict[str, Any]:
    """Return a run of format 1 in the form of format 2.

    Raises:
        Unusable: a key whose form has changed is missing or of a wrong kind.
    """
    digests = texts_of(value, "digests")
    environment = field_of(value, "environment", dict)
    run = {**value} if isinstance(value, dict) else {}
    run["environment"] = upgraded_environment(environment)
    run["digests"] = _depends(digests)
    run["reasons"] = [_verdict(_text(one)) for one in field_of(value, "reasons", list)]
    if "reach" in run:
        run["reach"] = [_reach(one) for one in field_of(value, "reach", list)]
    if "controls" in run:
        controls = field_of(value, "controls", dict)
        refused = upgraded_reasons(texts_of(controls, "refused"))
        run["controls"] = {**controls, "refused": refused}
    return run


def upgraded_environment(value: dict[str, Any]) -> dict[str, Any]:
    """Return an environment with what confined its run as a list.

    Raises:
        Unusable: it does not say what that was.
    """
    said = field_of(value, "sandbox", str)
    return {**value, "sandbox": [] if said == "none" else re.split(r", | and ", said)}


def upgraded_reasons(said: dict[str, str]) -> dict[str, Any]:
    """Return by name the reasons that these English sentences give."""
    return {name: upgraded_reason(text) for name, text in said.items()}


def upgraded_reason(text: str) -> dict[str, Any]:
    """Return the reason that an English sentence gives.

    For example, `killed by SIGSEGV` is `{"code": "killed", "signal": "SIGSEGV"}`.
    """
    return _matched(text, _SENTENCES) or {"code": "said", "text": text}


def _verdict(text: str) -> dict[str, Any]:
    if not text.startswith(_CANNOT_RUN):
        return upgraded_reason(text)
    excuse = text.removeprefix(_CANNOT_RUN)
    why = _matched(excuse, _EXCUSES) or {"code": "excused", "said": excuse}
    return {"code": "cannot-run", "why": why}


def _reach(value: object) -> dict[str, Any]:
    reach = {**value} if isinstance(value, dict) else {}
    if reach.get("reason") is not None:
        reach["reason"] = upgraded_reason(field_of(value, "reason", str))
    return reach


def _depends(digests: dict[str, str]) -> dict[str, Any]:
    prefix = "symbol:"
    symbols = {n.removeprefix(prefix): d for n, d in digests.items() if n.startswith(prefix)}
    return {"snippet": digests.get("snippet", ""), "symbols": symbols}


def _matched(text: str, sentences: dict[str, str]) -> dict[str, Any] | None:
    for sentence, code in sentences.items():
        found = _pattern(sentence).fullmatch(text)
        if found is not None:
            kinds = {name: kind for name, kind in _GAP.findall(sentence)}
            return {"code": code, **{n: _value(t, kinds[n]) for n, t in found.groupdict().items()}}
    return None


def _pattern(sentence: str) -> re.Pattern[str]:
    own, *gaps = _GAP.split(sentence)
    pattern = re.escape(own)
    for name, kind, own in zip(gaps[::3], gaps[1::3], gaps[2::3], strict=True):
        pattern += f"(?P<{name}>{_KINDS[kind]}){re.escape(own)}"
    return re.compile(pattern, re.DOTALL)


def _value(text: str, kind: str) -> str | int | float:
    match kind:
        case "n":
            return float(text) if "." in text else int(text)
        case "q":
            return _unquoted(text)
    return text


def _unquoted(text: str) -> str:
    """Return what `repr` has quoted, as far as that is one text."""
    import ast

    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        found = None
    return found if isinstance(found, str) else text[1:-1]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unusable("EVID004", "has something else than str in 'reasons'")
    return value
