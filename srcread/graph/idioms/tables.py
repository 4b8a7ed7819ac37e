"""The tables of idioms as the rules of the call graph ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Idioms:
    """What idioms.toml says, table by table; its comments explain them."""

    returns_argument: Mapping[str, int | str]
    call_dispatches_to: Mapping[str, str]
    abstract: frozenset[str]
    holds: Mapping[str, int | str]
    folded: Mapping[str, str]
    folded_packages: Mapping[str, str]
    quiet: Mapping[str, str]
    calls_method_of_argument: Mapping[str, tuple[str, ...]]
    calls_argument: Mapping[str, int]
    looks_up_native: Mapping[str, int]
    looks_up_path: Mapping[str, int]
    yields: Mapping[str, str]
    returns_instance: Mapping[str, str]
    returning: tuple[str, ...]
    alike: frozenset[str]
    copies_deeply: frozenset[str]
    stands_in: frozenset[str]
    overloads: frozenset[str]
    keeps_elsewhere: Mapping[str, tuple[str, ...]]
    method_dispatches_to: Mapping[str, tuple[str, ...]]
    schema_types: Mapping[str, str]
    operator_modules: tuple[str, ...]
    operator_classes: tuple[str, ...]
    operator_yaml: str
    operator_namespace: str
    operator_namespaces: frozenset[str]
    class_namespaces: frozenset[str]
    named_operators: frozenset[str]
    named_classes: frozenset[str]
    kept_in: Mapping[str, str]
    registers_operator: Mapping[str, str]

    @classmethod
    def of(cls, data: Mapping[str, Mapping[str, Any]]) -> Idioms:
        """Return the tables of a file that was checked; those that it lacks are empty."""
        aten = data.get("aten", {})
        return cls(
            returns_argument=data.get("returns_argument", {}),
            call_dispatches_to=data.get("call_dispatches_to", {}),
            abstract=frozenset(data.get("abstract", {}).get("names", ())),
            holds=data.get("holds", {}),
            folded=data.get("folded", {}),
            folded_packages=data.get("folded_packages", {}),
            quiet=data.get("quiet", {}),
            calls_method_of_argument=_lists(data.get("calls_method_of_argument", {})),
            calls_argument=data.get("calls_argument", {}),
            looks_up_native=data.get("looks_up_native", {}),
            looks_up_path=data.get("looks_up_path", {}),
            yields=data.get("yields", {}),
            returns_instance=data.get("returns_instance", {}),
            returning=tuple(
                name[:-1] for name in data.get("returns_instance", {}) if name.endswith("*")
            ),
            alike=frozenset(data.get("alike", {}).get("names", ())),
            copies_deeply=frozenset(data.get("copies_deeply", {}).get("names", ())),
            stands_in=frozenset(data.get("stands_in", {}).get("names", ())),
            overloads=frozenset(data.get("overloads", {}).get("names", ("typing.overload",))),
            keeps_elsewhere=_lists(data.get("keeps_elsewhere", {})),
            method_dispatches_to=_lists(data.get("method_dispatches_to", {})),
            schema_types=data.get("schema_types", {}),
            operator_modules=tuple(aten.get("functions", ())),
            operator_classes=tuple(aten.get("methods", ())),
            operator_yaml=aten.get("yaml", ""),
            operator_namespace=aten.get("namespace", "aten::"),
            operator_namespaces=frozenset(data.get("operators", {}).get("made_by", ())),
            class_namespaces=frozenset(data.get("operators", {}).get("classes_made_by", ())),
            named_operators=frozenset(data.get("operators", {}).get("named", ())),
            named_classes=frozenset(data.get("operators", {}).get("classes_named", ())),
            kept_in=data.get("kept_in", {}),
            registers_operator=data.get("registers_operator", {}),
        )

    def instance_returned(self, name: str) -> str | None:
        """Return the class of what a function that is not read returns; a `*` ends a prefix."""
        if name in self.returns_instance or not name.startswith(self.returning):
            return self.returns_instance.get(name)
        found = [key for key in self.returns_instance if key.endswith("*")]
        return next(
            (self.returns_instance[key] for key in found if name.startswith(key[:-1])), None
        )

    def why_folded(self, name: str) -> str | None:
        """Return why a function is not walked into, None for those that are."""
        if (why := self.folded.get(name.partition("~")[0])) is not None:
            return why
        for package, why in self.folded_packages.items():
            if name.startswith(package + "."):
                return why
        return None


def _lists(table: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(items) for name, items in table.items()}
