"""The observer that tries one way of making a model and calling it, in a process of its own.

    about = {"module", "name", "rung", "rules", "given", "meta", "type"}

It tells the script as far as it came, and the error that ended it, with its line: what is tried is
what is written, for the same lines are executed.
"""

from __future__ import annotations

import re
import sys
import textwrap
import traceback
from collections.abc import Callable
from typing import Any

_FILE = "<tried>"
_MOST_WORDS = 400
_MOST_ASKED = 6
"""How often a call is made again with a parameter more, which its error named."""


def observe(about: dict[str, Any], load: Callable[[str], Any]) -> Callable[[], Any]:
    """Return what makes the attempt, after the empty script of this process."""
    return lambda: _Attempt(about, load).made()


class _Attempt:
    def __init__(self, about: dict[str, Any], load: Callable[[str], Any]) -> None:
        self._about, self._load, self._rules = about, load, about["rules"]
        self._names: dict[str, Any] = {"__name__": "__main__"}
        self._script = self._called = ""
        self._settings: Any = None
        self._told: dict[str, Any] = {"changed": [], "parameters": 0, "idle": []}

    def made(self) -> dict[str, Any]:
        """Make the attempt, and tell of it: `script`, `error` if any, what was `changed`."""
        error: dict[str, Any] | None = None
        step = "import"
        try:
            target = self._load("entry").found(self._about["module"], self._about["name"])
            step = "entry"
            way = self._load("entry").ways(target, self._rules)
            step = "settings"
            self._script = self._head(way, target)
            step = "model"
            self._weigh()
            self._run(self._script)
            error = self._call()
        except Exception as raised:  # whatever the code that is tried raises
            error = self._error(step, raised)
        return {**self._told, "script": self._script + self._called, "error": error}

    def _head(self, way: Any, target: Any) -> str:
        writing = self._load("writing")
        writer, settings = writing.Writer(), ""
        if way.settings is not None:
            given = {
                name: value
                for name, value in (self._about["given"] or {}).items()
                if name.isidentifier() and not self._is_not_given(name)
            }
            self._settings = way.settings(**given)
            shrinker = self._load("shrinking").Shrinker(self._rules, self._about["rung"])
            small = shrinker.small(self._settings, given)
            self._told["changed"] = shrinker.told
            settings = writer.call(way.settings, small)
        name = writer.name(way.maker)
        made = f"{name}(config)" if settings else f"{name}()"
        meta = self._about["meta"]
        return str(
            writing.head(
                [f"{target.__name__}, {self._kind()}.", *self._changes()],
                writer.imports(),
                settings,
                made,
                meta=meta,
                type_=self._about["type"],
            )
        )

    def _is_not_given(self, name: str) -> bool:
        return re.search(self._rules["names"]["not_given"], name) is not None

    def _kind(self) -> str:
        if self._about["meta"]:
            return "of its published widths, without values"
        return "small, with random weights"

    def _changes(self) -> list[str]:
        """Return what was changed, in lines of a docstring."""
        words = [
            f"{name} {new} instead of {old}"
            for name, new, old in self._told["changed"]
            if _short(old)
        ]
        text = ", ".join(words)
        return (
            textwrap.wrap(text[:1].upper() + text[1:] + ".", 96, break_long_words=False)
            if words
            else []
        )

    def _run(self, text: str, before: int = 0) -> None:
        """Execute lines of the script; those before them were executed."""
        code = compile("\n" * before + text, _FILE, "exec", dont_inherit=True)
        exec(code, self._names)

    def _weigh(self) -> None:
        """Refuse a model that is too large, which is counted without its values.

        Only of a rung that leaves widths as they are: for the others it would be made twice.
        """
        if self._about["meta"] or self._about["rung"] not in ("counts", "default"):
            return
        names = dict(self._names)
        try:
            with sys.modules["torch"].device("meta"):
                exec(compile(self._script, _FILE, "exec", dont_inherit=True), names)
        except Exception as raised:
            if isinstance(raised, NotImplementedError) or "meta" in str(raised).lower():
                return  # some cannot be made without values: the limits of memory hold
            raise
        count = sum(one.numel() for one in names["model"].parameters())
        most = self._rules["rungs"]["most_parameters"]
        if count > most:
            refused = self._load("entry").RefusedError
            raise refused(f"its model has {count:,} parameters; more than {most:,} are not made")

    def _call(self) -> dict[str, Any] | None:
        model = self._names["model"]
        self._told["parameters"] = sum(one.numel() for one in model.parameters())
        settings = self._names.get("config", getattr(model, "config", None))
        entered: set[type] = set()
        listen = sys.modules["torch"].nn.modules.module.register_module_forward_pre_hook
        heard = listen(lambda module, _: entered.add(type(module)))
        try:
            return self._called_somehow(model, settings)
        finally:
            heard.remove()
            self._told["idle"] = _idle(model, entered)

    def _called_somehow(self, model: Any, settings: Any) -> dict[str, Any] | None:
        """Call it in one way after the other; of those that fail, the first is told."""
        error: dict[str, Any] | None = None
        first: tuple[str, dict[str, Any]] | None = None
        for variant in self._rules["calls"]["variants"]:
            error = self._call_with(
                self._load("inputs").Inputs(
                    model, settings, self._rules, variant, self._about["meta"]
                )
            )
            if error is None:
                return None
            first = first or (self._called, error)
        if first is not None:
            self._called, error = first
        return error

    def _call_with(self, inputs: Any) -> dict[str, Any] | None:
        also: list[str] = []
        error: dict[str, Any] | None = None
        for _ in range(_MOST_ASKED):
            inputs.unknown.clear()
            texts = inputs.texts(also)
            holes = {name: "..." for name in inputs.unknown}
            written = self._load("writing").called({**texts, **holes})
            if written == self._called and error is not None:
                return error
            self._called = written
            if holes:
                return self._unknown(inputs.unknown, written)
            try:
                self._run(written, self._script.count("\n"))
                return None
            except Exception as raised:  # whatever the model raises
                error = self._error("call", raised)
            also += [name for name in inputs.named_in(error["message"]) if name not in also]
        return error

    def _unknown(self, names: list[str], written: str) -> dict[str, Any]:
        lines = self._script + written
        line = next(n for n, text in enumerate(lines.splitlines(), 1) if f"{names[0]}=..." in text)
        words = f"no rule says what {', '.join(map(repr, names))} is"
        return {"step": "inputs", "type": "", "message": words, "line": line, "at": ""}

    def _error(self, step: str, raised: BaseException) -> dict[str, Any]:
        """Tell an error: the line of the script that it came from, and its last place."""
        frames = traceback.extract_tb(raised.__traceback__)
        lines = [one.lineno for one in frames if one.filename == _FILE]
        last = frames[-1] if frames else None
        refused = type(raised).__name__ == "RefusedError"
        return {
            "step": step,
            "type": "" if refused else type(raised).__name__,
            "message": " ".join(str(raised).split())[:_MOST_WORDS],
            "line": lines[-1] if lines else 0,
            "at": f"{last.filename}:{last.lineno}" if last is not None else "",
        }


def _idle(model: Any, entered: set[type]) -> list[str]:
    """Return the model's own classes whose objects were not called, but for mere containers."""
    own = type(model).__module__.partition(".")[0]
    made = {type(module) for module in model.modules()}
    return sorted(
        f"{one.__module__}.{one.__qualname__}"
        for one in made - entered
        if one.__module__.partition(".")[0] == own and "forward" in _defined(one)
    )


def _defined(kind: type) -> set[str]:
    """Return what a class and those above it define, but for torch's own."""
    return {
        name
        for one in kind.__mro__
        if not one.__module__.startswith("torch.")
        for name in vars(one)
    }


def _short(value: Any) -> bool:
    return not isinstance(value, (list, tuple)) or len(value) <= 4
