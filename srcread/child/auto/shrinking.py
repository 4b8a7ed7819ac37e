"""Make settings small by rules on their names; write them as the call that makes them so.

Only what differs from the defaults is written: the class derives the rest anew, as it always does.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator
from typing import Any

_PLAIN = (bool, int, float, str, type(None))


def is_settings(value: Any) -> bool:
    """Tell whether a value is an object of settings, as those of a part of a model are."""
    kind = type(value)
    return not isinstance(value, type) and (
        hasattr(kind, "model_type") or dataclasses.is_dataclass(kind)
    )


def values_of(settings: Any) -> dict[str, Any]:
    """Return the settings of an object by name."""
    if hasattr(settings, "__dict__"):
        return dict(vars(settings))
    names = [item.name for item in dataclasses.fields(settings) if item.init]
    return {name: getattr(settings, name) for name in names}


class Shrinker:
    """Shrinks the settings of one model by one rung; `told` are those changed: name, new, old."""

    def __init__(self, rules: dict[str, Any], rung: str) -> None:
        self.rung = rung
        self.told: list[tuple[str, Any, Any]] = []
        self._rules, self._sizes = rules, rules["sizes"]
        self._names = {
            kind: re.compile(words)
            for kind, words in rules["names"].items()
            if isinstance(words, str)
        }
        self._tokens: dict[int, int] = {}

    def small(self, settings: Any, given: dict[str, Any], above: str = "") -> dict[str, Any]:
        """Return what to call the class of settings with: numbers, lists, and `small` of parts.

        `given` are settings that are none of the defaults. A part is a pair of its class and what
        that is called with.
        """
        values = {
            name: value
            for name, value in values_of(settings).items()
            if not self._is("skipped", name)
        }
        scale = _Scale(self, values, self._sizes, self._rules["names"])
        made: dict[str, Any] = {}
        for name, value in values.items():
            if is_settings(value) and type(value) is not type(settings):
                part = given.get(name)
                inside = self.small(
                    value, part if isinstance(part, dict) else {}, f"{above}{name}."
                )
                if inside:
                    made[name] = type(value), inside
                continue
            new = self._value(name, value, scale)
            if new != value:
                made[name] = new
                self.told.append((above + name, new, value))
        made.update(self._filled({**values, **made}, scale) if self.rung != "default" else {})
        return {**self._given(given, values, settings), **made}

    def _filled(self, values: dict[str, Any], scale: _Scale) -> dict[str, int]:
        """Return what is None by default and follows from others: heads, and the width of each."""
        hidden = values.get(scale.hidden_name)
        heads = [
            value
            for name, value in values.items()
            if type(value) is int
            and value > 0
            and self._is("heads", name)
            and not self._is("shared", name)
        ]
        if type(hidden) is not int or not heads or hidden % heads[0]:
            return {}
        empty = [name for name, value in values.items() if value is None]
        filled = {name: heads[0] for name in empty if self._is("filled_heads", name)}
        width = {name: hidden // heads[0] for name in empty if self._is("filled_width", name)}
        return {**filled, **width}

    def _given(
        self, given: dict[str, Any], values: dict[str, Any], settings: Any
    ) -> dict[str, Any]:
        try:
            usual = values_of(type(settings)())
        except Exception:  # a class that nothing is a default of
            usual = {}
        return {
            name: value
            for name, value in given.items()
            if not is_settings(values.get(name)) and usual.get(name, self) != value
        }

    def is_(self, kind: str, name: str) -> bool:
        """Tell whether a setting is of a kind, by its name."""
        return self._is(kind, name)

    def _is(self, kind: str, name: str) -> bool:
        return bool(self._names[kind].search(name))

    def _value(self, name: str, value: Any, scale: _Scale) -> Any:
        if self.rung == "default":
            return value
        if type(value) is int:
            return self._number(name, value, scale)
        if isinstance(value, (list, tuple)) and value:
            made = self._listed(name, list(value), scale)
            return made if isinstance(value, list) else tuple(made)
        return value

    def _number(self, name: str, value: int, scale: _Scale) -> int:
        sizes = self._sizes
        if self.rung == "layers":
            counted = self._layers(name, value, scale)
            return value if counted is None else counted
        if self._is("vocabulary", name) and value > sizes["vocabulary"]:
            return int(sizes["vocabulary"])
        if self._is("token", name) and not self._is("experts", name):
            return self._token(value)
        if (counted := self._count(name, value, scale)) is not None:
            return counted
        if self.rung == "counts":
            return value
        if self._is("heads", name):
            return self._heads(name, value, scale)
        if self._is("positions", name) and value > sizes["positions"]:
            return int(sizes["positions"])
        if self._is("not_width", name):
            return value
        return self._width(name, value, scale)

    def _count(self, name: str, value: int, scale: _Scale) -> int | None:
        """Return how many layers, experts, groups are left; None for what is no such count."""
        if (counted := self._layers(name, value, scale)) is not None:
            return counted
        if self._is("index", name):
            return min(value, 64)
        if self._is("chosen", name):
            return int(min(value, max(self._sizes["chosen"], scale.least_chosen)))
        if self._is("experts", name):
            return int(min(value, self._sizes["experts"]))
        return 1 if self._is("one", name) else None

    def _layers(self, name: str, value: int, scale: _Scale) -> int | None:
        """Return a count of layers, made small, or what says which of them are of a kind."""
        if self._is("layers", name) and not self._is("not_layers", name):
            return value if scale.is_told_one_by_one(name, value) else min(value, scale.layers)
        if self._is("first_layers", name):
            return min(value, 1)
        if self._is("period", name):
            return min(value, 2)
        return min(value, 1) if self._is("offset", name) else None

    def _heads(self, name: str, value: int, scale: _Scale) -> int:
        most = self._sizes["heads"]
        if self.rung == "scaled":
            return value
        if self._is("shared", name) and value not in scale.heads:
            most = self._sizes["shared_heads"]
        return int(min(value, most))

    def _width(self, name: str, value: int, scale: _Scale) -> int:
        if self._is("head_width", name):
            if self.rung == "heads":
                return value
            if self.rung == "tiny":
                return int(min(value, self._sizes["head_width"]))
            return max(2, int(value // scale.factor)) if value % scale.factor == 0 else value
        if not self._is("width", name) or value <= self._sizes["hidden"]:
            return value
        new = value / scale.factor
        if self.rung in ("tiny", "heads"):
            return max(int(self._sizes["least_width"]), 8 * round(new / 8))
        return int(new) if new == int(new) and new >= 4 else value

    def _listed(self, name: str, value: list[Any], scale: _Scale) -> list[Any]:
        if self._is("kinds_of_layers", name) and scale.kinds:
            return scale.kinds
        of_layers = scale.old_layers is not None and len(value) == scale.old_layers
        if all(isinstance(item, str) for item in value):
            return value[: scale.layers] if of_layers else value
        if of_layers and len(value) > 4:
            return value[: scale.layers]
        if not all(type(item) is int for item in value):
            return value
        if self._is("indices", name):
            return [item for item in value if item < scale.layers] or [scale.layers - 1]
        if self._is("repeats", name) and max(value) < 100:
            return [min(item, 1) for item in value]
        if self.rung == "layers":
            return value
        if self._is("token", name):
            return [self._token(item) for item in value]
        if self.rung == "counts":
            return value
        if self._is("width", name) and not self._is("not_width", name) and min(value) >= 32:
            factor = min(value) // 16
            if all(item % factor == 0 for item in value):
                return [item // factor for item in value]
        return value

    def _token(self, value: int) -> int:
        """Return a word's number below the end of the smaller vocabulary: one for each old one."""
        size = self._sizes["vocabulary"]
        return (
            self._tokens.setdefault(value, size - 1 - len(self._tokens)) if value >= size else value
        )


class _Scale:
    """What one object of settings is shrunk by: its factor for widths, its layers."""

    def __init__(
        self, by: Shrinker, values: dict[str, Any], sizes: dict[str, Any], names: dict[str, Any]
    ) -> None:
        self._by, self._values = by, values
        listed = [
            value for name, value in values.items() if by.is_("kinds_of_layers", name) and value
        ]
        kinds = (
            list(dict.fromkeys(listed[0]))
            if listed and isinstance(listed[0], (list, tuple))
            else []
        )
        self.kinds = kinds if len(kinds) > 1 else kinds * sizes["layers"]
        self.layers = len(self.kinds) or sizes["layers"]
        self.old_layers = next(
            (values[name] for name in names["count_of_layers"] if type(values.get(name)) is int),
            None,
        )
        self.heads = {
            value
            for name, value in values.items()
            if type(value) is int and by.is_("heads", name) and not by.is_("shared", name)
        }
        self.least_chosen = max(
            (
                value
                for name, value in values.items()
                if name.endswith("k_min") and type(value) is int
            ),
            default=0,
        )
        numbers = {name for name, one in values.items() if type(one) is int and one > 0}
        self.hidden_name = next((name for name in names["hidden"] if name in numbers), "")
        self.factor = self._factor(self._hidden(), sizes)

    def is_told_one_by_one(self, name: str, value: int) -> bool:
        """Tell whether a short list of this length says something of each layer."""
        return 2 < value <= 8 and any(
            isinstance(item, (list, tuple))
            and len(item) == value
            and not self._by.is_("kinds_of_layers", other)
            for other, item in self._values.items()
        )

    def _hidden(self) -> int:
        if self.hidden_name:
            return int(self._values[self.hidden_name])
        return max((widths[0] for widths in self._lists_of_widths()), default=256)

    def _lists_of_widths(self) -> Iterator[list[int]]:
        for name, value in self._values.items():
            numbers = (
                isinstance(value, (list, tuple))
                and value
                and all(type(one) is int for one in value)
            )
            if numbers and self._by.is_("width", name) and not self._by.is_("not_width", name):
                yield list(value)

    def _factor(self, hidden: int, sizes: dict[str, Any]) -> float:
        if self._by.rung == "tiny":
            return float(max(1, hidden / sizes["hidden"]))
        if self._by.rung == "heads":
            whole = [
                value
                for name, value in self._values.items()
                if type(value) is int and value in self.heads and value > 4 and hidden % value == 0
            ]
            return float(whole[0] / sizes["heads"] if whole else max(1, hidden / 64))
        need = 2
        for heads in self.heads:
            need = math.lcm(need, heads * 2) if 0 < heads < 200 else need
        factor = 1
        while (
            hidden % (2 * factor) == 0
            and (hidden // (2 * factor)) % need == 0
            and hidden // (2 * factor) >= 16
        ):
            factor *= 2
        return factor
