"""What records say: values, operands and errors as short texts, in which no place of a machine is.

Its text travels in the plan's payload: standard library only, Python >= 3.9, no srcread import. The
reporter has an instance of its own, so it has no class: see there.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterable
from json.encoder import c_make_encoder  # type: ignore[attr-defined] # typeshed hides C code
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

_LONGEST = 200
_MOST_ITEMS = 16
_MOST_VALUES = 8
_DEEPEST = 3
_PATH = re.compile(r"(?<![\w./])(?:/[\w.@+-]+){2,}/?|\b[A-Za-z]:\\[^\s'\"]+")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_NAMED = (types.FunctionType, types.BuiltinFunctionType, type)


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


def operands(values: Iterable[object], signs: Iterable[str]) -> bytes:
    """Return what was observed and expected, as JSON, of a comparison's operands and signs."""
    observed = expected = None
    try:
        texts, signs = [describe(value) for value in values], list(signs)
        if len(signs) == 1 and len(texts) >= 2:
            observed = texts[0]
            expected = texts[1] if signs[0] == "==" else f"{signs[0]} {texts[1]}"
        elif texts:  # a chain, cut where it became false
            words = [f"{sign} {text}" for sign, text in zip(signs, texts[1:])]  # noqa: B905 - 3.9
            observed = " ".join([texts[0], *words])
    except BaseException:  # a snippet may have patched anything; the truth is already taken
        pass
    return b'"observed": %s, "expected": %s' % (_json(observed), _json(expected))


def exception(error: BaseException, path: str) -> tuple[str, str, bool, bool, int]:
    """Say what ended a snippet.

    Its type, its message, whether it is SystemExit or an AssertionError, the last line of the file.
    """
    line, trace, leaving = 0, error.__traceback__, isinstance(error, SystemExit)
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        message = repr(error.code) if isinstance(error, SystemExit) else str(error)
    except BaseException:  # its own class says it, and may say anything
        message = "its message cannot be had"
    failing = isinstance(error, AssertionError)
    return type(error).__name__, clean(" ".join(message.split())), leaving, failing, line


def json(value: object) -> str:
    """Return plain values as JSON, by C code: a snippet may have replaced the rest."""
    return "".join(_encode(value, 0))


def _refuse(value: object) -> object:
    raise TypeError(f"a {type(value).__qualname__} is no JSON")


_encode: Any = c_make_encoder(None, _refuse, quoted, None, ": ", ", ", False, False, True)


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
