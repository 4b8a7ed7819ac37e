"""What the claims of a running snippet report to: it counts, describes, and signs records.

Its text travels in the plan's payload: standard library only, Python >= 3.9, no srcread import.
`srcread.child.main` executes it, and documents the records.

A snippet may patch whatever it reaches. So the truth of a claim is taken by the interpreter and not
by a name that a snippet can replace, and what signs and writes is bound before a snippet starts.
Descriptions are weaker: a snippet can spoil them, never turn a false claim into a true one.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import types
from collections.abc import Callable, Iterable
from hashlib import blake2b
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, NamedTuple

_LONGEST = 200
_MOST_ITEMS = 16
_MOST_VALUES = 8
_DEEPEST = 3
_PATH = re.compile(r"(?<![\w./])(?:/[\w.@+-]+){2,}/?|\b[A-Za-z]:\\[^\s'\"]+")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_TRUTHS = (b"false", b"true")
_NAMED = (types.FunctionType, types.BuiltinFunctionType, type)


class Reporter(NamedTuple):
    """What the parts of a run call: its claims, its observers, its end and its error."""

    claims: types.SimpleNamespace
    observed: Callable[[str, object], None]
    end: Callable[[], None]
    fail: Callable[[BaseException, str], None]


def reporter(descriptor: int, key: bytes, soft: bool) -> Reporter:
    """Return what claims call (`see`, `truth`, `passes`), and what observers, end and error call.

    Only the process that made it reports: a fork's claims do not count. `soft` claims let the
    snippet go on when they are false.
    """
    send = _sender(descriptor, key)
    report, end = _ledger(send)
    pending: dict[tuple[int, int, int], list[list[object]]] = {}
    thread, failure, encode = threading.get_ident, AssertionError, json.dumps

    def see(claim: int, part: int, place: int, value: object) -> object:
        waiting = pending.setdefault((thread(), claim, part), [])
        if place == 0:
            waiting.append([])  # a claim may stand in a function that its own operand calls again
        waiting[-1].append(value)
        return value

    def truth(claim: int, part: int, value: object, *signs: str) -> bool:
        held = True if value else False  # noqa: SIM210 - `bool` is a name, and can be patched
        seen = pending.get((thread(), claim, part))
        report(claim, part, held, seen.pop() if signs and seen else [], signs)
        return held or soft

    def passes(
        claim: int, part: int, function: Callable[..., object], *given: object, **named: object
    ) -> object:
        try:
            result = function(*given, **named)
        except failure:
            report(claim, part, False, given, ("==",))
            if soft:
                return None
            raise
        report(claim, part, True, given, ("==",))
        return result

    def observed(observer: str, value: object) -> None:
        send(
            b"OBSERVED", b'"observer": %s, "value": %s' % (_json(observer), encode(value).encode())
        )

    def fail(error: BaseException, path: str) -> None:
        send(b"EXCEPTION", _exception(error, path))

    methods = types.SimpleNamespace(see=see, truth=truth, passes=passes)
    return Reporter(methods, observed, end, fail)


def clean(text: str) -> str:
    """Cut what would tell of a machine or differ from run to run: paths and addresses."""
    return _ADDRESS.sub("0x…", _PATH.sub(_short_path, text))


def describe(value: object, depth: int = 0) -> str:
    """Say what a value is in at most 200 characters, running no code of an unknown class.

    Floats have four significant digits; tensors of more than eight elements are shape and dtype.
    """
    kind = type(value)  # not isinstance: that asks `__class__`, which may be anything
    if value is None or kind is bool or value is Ellipsis:
        text = repr(value)
    elif issubclass(kind, float):
        text = f"{float.__float__(value):.4g}"  # type: ignore[arg-type] # by kind
    elif kind is complex:
        text = f"{value:.4g}"
    elif issubclass(kind, (int, str, bytes)):
        text = _plain(value, kind)
    elif issubclass(kind, (list, tuple, set, frozenset, dict)):
        text = _container(value, kind, depth)
    elif kind in _NAMED:
        text = value.__qualname__  # type: ignore[attr-defined] # by kind
    else:
        text = _torch_value(value, kind) or f"<{kind.__name__}>"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _ledger(send: Callable[[bytes, bytes], None]) -> tuple[Callable[..., None], Callable[[], None]]:
    """Count evaluations; send only a part's first and its first false one, for loops are long."""
    counts: dict[tuple[int, int], int] = {}
    failed: set[tuple[int, int]] = set()
    lock = threading.RLock()

    def report(
        claim: int, part: int, held: bool, operands: Iterable[object], signs: Iterable[str]
    ) -> None:
        place = (claim, part)
        with lock:
            new = place not in counts or (not held and place not in failed)
            counts[place] = counts.get(place, 0) + 1
            if not held:
                failed.add(place)
        if new:
            about = b'"claim": %d, "part": %d, "truth": %s, ' % (*place, _TRUTHS[held])
            send(b"CLAIM", about + _operands(operands, signs))

    def end() -> None:
        with lock:
            listed = [b"[%d, %d, %d]" % (*place, count) for place, count in counts.items()]
        send(b"END", b'"evaluations": [%s]' % b", ".join(listed))

    return report, end


def _sender(descriptor: int, key: bytes) -> Callable[[bytes, bytes], None]:
    write, process, owner, mac = os.write, os.getpid, os.getpid(), blake2b
    lock = threading.RLock()
    sequence = 0

    def send(kind: bytes, about: bytes) -> None:
        nonlocal sequence
        with lock:
            if process() != owner or sequence < 0:
                return
            body = b'{"sequence": %d, "kind": "%s", %s}' % (sequence, kind, about)
            line = mac(body, key=key).hexdigest().encode() + b" " + body + b"\n"
            sequence = -1 if kind == b"END" else sequence + 1
            while line:
                line = line[write(descriptor, line) :]

    return send


def _operands(operands: Iterable[object], signs: Iterable[str]) -> bytes:
    observed = expected = None
    try:
        texts, signs = [describe(value) for value in operands], list(signs)
        if len(signs) == 1 and len(texts) >= 2:
            observed = texts[0]
            expected = texts[1] if signs[0] == "==" else f"{signs[0]} {texts[1]}"
        elif texts:  # a chain, cut where it became false
            words = [f"{sign} {text}" for sign, text in zip(signs, texts[1:])]  # noqa: B905 - 3.9
            observed = " ".join([texts[0], *words])
    except BaseException:  # a snippet may have patched anything; the truth is already taken
        pass
    return b'"observed": %s, "expected": %s' % (_json(observed), _json(expected))


def _exception(error: BaseException, path: str) -> bytes:
    line, trace, leaving = 0, error.__traceback__, isinstance(error, SystemExit)
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        message = repr(error.code) if isinstance(error, SystemExit) else str(error)
    except BaseException:  # its own class says it, and may say anything
        message = "its message cannot be had"
    return b'"type": %s, "message": %s, "exit": %s, "line": %d' % (
        _json(type(error).__name__),
        _json(clean(" ".join(message.split()))),
        _TRUTHS[leaving],
        line,
    )


def _json(text: str | None) -> bytes:
    return b"null" if text is None else quoted(text[:_LONGEST]).encode()


def _short_path(found: re.Match[str]) -> str:
    name = re.split(r"[/\\]", found[0].rstrip("/"))[-1]
    return f"…/{name}" if "." in name.strip(".") else "…"


def _plain(value: Any, kind: type) -> str:
    if issubclass(kind, int):
        return int.__repr__(value)
    base = str if issubclass(kind, str) else bytes
    return clean(base.__repr__(base.__getitem__(value, slice(_LONGEST))))


def _container(value: Any, kind: type, depth: int) -> str:
    base = next(b for b in (list, tuple, set, frozenset, dict) if issubclass(kind, b))
    count = base.__len__(value)
    if depth >= _DEEPEST:
        return f"<{base.__name__} of {count}>"
    items = dict.items(value) if base is dict else base.__iter__(value)
    texts = []
    for _, item in zip(range(_MOST_ITEMS), items):  # noqa: B905 - Python 3.9
        if base is dict:
            texts.append(f"{describe(item[0], depth + 1)}: {describe(item[1], depth + 1)}")
        else:
            texts.append(describe(item, depth + 1))
    if base in (set, frozenset):
        texts.sort()
    texts += ["…"] if count > _MOST_ITEMS else []
    joined = ", ".join(texts)
    if base is list:
        return f"[{joined}]"
    if base is tuple:
        return f"({joined},)" if count == 1 else f"({joined})"
    return f"{{{joined}}}" if count else f"{base.__name__}()"


def _torch_value(value: Any, kind: type) -> str:
    torch = sys.modules.get("torch")
    if torch is None or kind.__module__.partition(".")[0] != "torch":
        return ""
    if kind in (torch.dtype, torch.device, torch.layout):
        return str(value)
    if kind not in (torch.Tensor, torch.nn.Parameter):
        return ""
    about = str(value.dtype).replace("torch.", "")
    about += "" if value.device.type == "cpu" else f" {value.device.type}"
    shape = tuple(value.shape)
    if value.numel() <= _MOST_VALUES and value.device.type != "meta" and _unwatched(torch):
        return f"tensor({describe(value.tolist())}) {about}"
    return f"tensor of shape {shape}, {about}"


def _unwatched(torch: Any) -> bool:
    """Tell that reading a tensor's values adds no operator to what a snippet is recording."""
    stacks = torch._C._len_torch_dispatch_stack() + torch._C._len_torch_function_stack()
    return stacks == 0 and not torch._C._autograd._profiler_enabled()
