"""What a call of a model needs, in Python: by names of parameters, settings, the first layer."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

_EMPTY = inspect.Parameter.empty
_LOW = 3
_SPECIAL = 40
"""Words at the end of a vocabulary that a model may give a meaning: images, ends of texts."""


class Inputs:
    """Makes inputs for a model with its settings, which may be None, by the rules."""

    def __init__(
        self,
        model: Any,
        settings: Any,
        rules: dict[str, Any],
        variant: dict[str, Any],
        meta: bool,
    ) -> None:
        self._model, self._settings, self._rules = model, settings, rules
        # Not by `with torch.device`: what runs below it hides the shapes of its tensors.
        self._device = ', device="meta"' if meta else ""
        self._variant, self._calls = variant, rules["calls"]
        self.parameters = _parameters(model)
        self.unknown: list[str] = []

    def texts(self, also: Sequence[str]) -> dict[str, str]:
        """Return inputs by name: those that are needed, the main one, and those `also` wanted."""
        names = self._wanted(also)
        made: dict[str, str] = {}
        for name in names:
            text = self._text(name, names)
            if text is not None:
                made[name] = text
            elif self.parameters[name].default is _EMPTY:
                self.unknown.append(name)
        return made

    def named_in(self, error: str) -> list[str]:
        """Return the parameters that an error names."""
        return [name for name in self.parameters if re.search(rf"\b{re.escape(name)}\b", error)]

    def _wanted(self, also: Sequence[str]) -> list[str]:
        known, calls = self.parameters, self._calls
        names = [name for name, one in known.items() if one.default is _EMPTY]
        main = getattr(self._model, calls["main"], None)
        first = [main] if isinstance(main, str) else []
        decodes, decoder = calls["decoder"]
        further = [decoder] if getattr(self._settings, decodes, False) else []
        usual = calls["also"] if self._settings is not None else []
        wanted = [*first, *names, *usual, *further, *also]
        return [name for name in dict.fromkeys(wanted) if name in known]

    def _text(self, name: str, names: Sequence[str]) -> str | None:
        about = self._about()
        if about is not None and name == next(iter(self.parameters)):
            return f"torch.randn({self._batch}, {', '.join(map(str, about))}{self._device})"
        rules = [
            rule
            for rule in self._rules["inputs"]
            if re.fullmatch(rule["names"], name) and set(rule.get("with", ())) <= set(names)
        ]
        if rules:
            return self._written(rules[0], name, self._seers(rules[0]))
        wanted = self._rules["annotations"]
        if (kind := _annotated(self.parameters[name])) in wanted:
            return str(wanted[kind])
        return self._by_layer(name)

    def _by_layer(self, name: str) -> str | None:
        """Return what the first layer of the model takes: it takes the first input, mostly."""
        if self._settings is not None or self.parameters[name].default is not _EMPTY:
            return None
        for module in self._model.modules():
            for rule in self._rules["layers"]:
                if type(module).__name__ in rule["classes"]:
                    return self._written(rule, name, [module])
        return None

    def _written(self, rule: Mapping[str, Any], name: str, seers: Sequence[Any]) -> str:
        shape = [number for part in rule.get("shape", ()) for number in self._part(part, seers)]
        if self._variant.get("swapped") and name in self._calls["swapped"]:
            shape = (
                [shape[0], 1, shape[1]] if len(shape) == 2 else [*shape[:-2], shape[-1], shape[-2]]
            )
        told, kind = ", ".join(map(str, shape)), rule["kind"]
        if kind == "ids":
            return f"torch.randint({_LOW}, {self._words(seers)}, ({told}){self._device})"
        if kind == "range":
            return f"torch.arange({shape[-1]}{self._device}).repeat({shape[0]}, 1)"
        if kind == "values":
            return f"torch.tensor({rule['values']}{self._device})"
        if kind == "floats":
            return f"torch.randn({told}{self._device})"
        return f"torch.{kind}({told}, dtype=torch.long{self._device})"

    def _words(self, seers: Sequence[Any]) -> int:
        size = self._rules["sizes"]["vocabulary"]
        found = found_in(seers, ["num_embeddings", "vocab_size"])
        known = min(found, size) if type(found) is int else size
        return int(max(known - _SPECIAL, min(known, _LOW + 1), _LOW + 1))

    def _part(self, part: Any, seers: Sequence[Any]) -> list[int]:
        if type(part) is int:
            return [part]
        if part == "image":
            return self._image(seers)
        if part in self._rules["sizes"]:
            return [self._batch if part == "batch" else int(self._rules["sizes"][part])]
        total = 0
        for term in part.split("+"):
            product = 1
            for factor in term.split("*"):
                product *= self._factor(factor.strip(), seers)
            total += product
        return [total]

    def _factor(self, factor: str, seers: Sequence[Any]) -> int:
        if factor.isdigit():
            return int(factor)
        names, _, default = factor.partition("=")
        value = found_in(seers, names.split("|"))
        if isinstance(value, (list, tuple)) and value:
            value = max((one for one in value if type(one) is int), default=None)
        return value if type(value) is int else int(default or 1)

    def _image(self, seers: Sequence[Any]) -> list[int]:
        size = found_in(seers, self._calls["image"]) or self._variant.get("image")
        if (
            isinstance(size, (list, tuple))
            and len(size) >= 2
            and all(type(one) is int for one in size)
        ):
            return list(size[-2:])
        if isinstance(size, dict) and type(size.get("height")) is int:
            return [size["height"], size.get("width", size["height"])]
        side = size if type(size) is int and size > 0 else self._rules["sizes"]["image"]
        return [side, side]

    def _seers(self, rule: Mapping[str, Any]) -> list[Any]:
        """Return whose settings a rule asks: those of the part that sees, then the whole."""
        parts = [getattr(self._settings, name, None) for name in self._calls["parts"]]
        seeing = [part for part in parts if part is not None and hasattr(part, "__dict__")]
        whole = [self._settings] if self._settings is not None else [self._model]
        return [*seeing[:1], *whole] if rule.get("part") else whole

    @property
    def _batch(self) -> int:
        return int(self._rules["sizes"]["batch"])

    def _about(self) -> list[int] | None:
        """Return the size of the input that a model tells itself; the smallest that it may take."""
        makers = self._rules["makers"]
        told = [getattr(self._model, name, None) for name in makers["about"]]
        about = next(
            (one for one in told if isinstance(one, Mapping) and one.get(makers["size"])), None
        )
        if about is None:
            return None
        size = list(about[makers["size"]])
        side = self._rules["sizes"]["image"]
        small = [] if about.get(makers["fixed"]) else [[size[0], *[side for _ in size[1:]]]]
        least = [list(about[makers["least_size"]])] if about.get(makers["least_size"]) else []
        ways = [*small, *least, size]
        return ways[min(self._variant.get("way", 0), len(ways) - 1)]


def found_in(seers: Sequence[Any], names: Sequence[str]) -> Any:
    """Return the first of some settings that is there, breadth first through their parts."""
    waiting, known = list(seers), 0
    while waiting and known < 100:
        one = waiting.pop(0)
        known += 1
        for name in names:
            value = getattr(one, name, None)
            if value is not None and not callable(value):
                return value
        waiting += [
            part for part in getattr(one, "__dict__", {}).values() if hasattr(part, "model_type")
        ]
    return None


def _parameters(model: Any) -> dict[str, inspect.Parameter]:
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    signature = inspect.signature(model.forward)
    return {name: one for name, one in signature.parameters.items() if one.kind in kinds}


def _annotated(parameter: inspect.Parameter) -> str:
    kind = parameter.annotation
    return kind if isinstance(kind, str) else getattr(kind, "__name__", "")
