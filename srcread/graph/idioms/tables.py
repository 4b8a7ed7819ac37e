"""The tables of idioms as the rules of the call graph ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_HANDING_ON = (
    *("returns_element", "returns_elements", "returns_first"),
    *("looks_up_name", "instantiates"),
)
"""The tables of functions whose result rests on what they are given."""


@dataclass(frozen=True, slots=True)
class Idioms:
    """What idioms.toml says, table by table; its comments explain them."""

    returns_argument: Mapping[str, int | str]
    returns_element: Mapping[str, int]
    returns_elements: Mapping[str, int]
    returns_first: Mapping[str, int]
    handing_on: frozenset[str]
    call_dispatches_to: Mapping[str, str]
    abstract: frozenset[str]
    holds: Mapping[str, int | str]
    folded: Mapping[str, str]
    folding: tuple[str, ...]
    folded_packages: Mapping[str, str]
    quiet: Mapping[str, str]
    calls_method_of_argument: Mapping[str, tuple[str, ...]]
    calls_argument: Mapping[str, int]
    argument_gets: Mapping[str, tuple[str, ...]]
    calls_with: Mapping[str, str]
    calls_through: Mapping[str, tuple[str, ...]]
    gives_later: Mapping[str, str]
    returns_awaited: Mapping[str, int]
    looks_up_native: Mapping[str, int]
    looks_up_path: Mapping[str, int]
    yields: Mapping[str, str]
    looks_up_name: Mapping[str, int]
    instantiates: Mapping[str, str]
    returns_instance: Mapping[str, str]
    returning: tuple[str, ...]
    alike: frozenset[str]
    copies_deeply: frozenset[str]
    stands_in: frozenset[str]
    overloads: frozenset[str]
    keeps_elsewhere: Mapping[str, tuple[str, ...]]
    method_dispatches_to: Mapping[str, tuple[str, ...]]
    called_with: Mapping[str, tuple[str, ...]]
    called_later: Mapping[str, str]
    takes_first_of: Mapping[str, str]
    has_attribute: Mapping[str, str]
    staged: frozenset[str]
    schema_types: Mapping[str, str]
    native_types: Mapping[str, str]
    property_operators: Mapping[str, str]
    property_names: frozenset[str]
    """The last parts of their names."""
    operator_modules: tuple[str, ...]
    operator_classes: tuple[str, ...]
    operator_yaml: str
    operator_methods: Mapping[str, tuple[str, ...]]
    operator_namespace: str
    operator_namespaces: frozenset[str]
    class_namespaces: frozenset[str]
    named_operators: frozenset[str]
    named_classes: frozenset[str]
    kept_in: Mapping[str, str]
    builds_extension: Mapping[str, tuple[str, ...]]
    makes_kernel: Mapping[str, str]
    kernel_methods: Mapping[str, str]
    registers_operator: Mapping[str, str]
    _why_folded: dict[str, str | None] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @classmethod
    def of(cls, data: Mapping[str, Mapping[str, Any]]) -> Idioms:
        """Return the tables of a file that was checked; those that it lacks are empty."""
        aten = data.get("aten", {})
        return cls(
            returns_argument=data.get("returns_argument", {}),
            returns_element=data.get("returns_element", {}),
            returns_elements=data.get("returns_elements", {}),
            returns_first=data.get("returns_first", {}),
            handing_on=frozenset().union(*(data.get(table, {}) for table in _HANDING_ON)),
            call_dispatches_to=data.get("call_dispatches_to", {}),
            abstract=frozenset(data.get("abstract", {}).get("names", ())),
            holds=data.get("holds", {}),
            folded=data.get("folded", {}),
            folding=_beginnings(data.get("folded", {})),
            folded_packages=data.get("folded_packages", {}),
            quiet=data.get("quiet", {}),
            calls_method_of_argument=_lists(data.get("calls_method_of_argument", {})),
            calls_argument=data.get("calls_argument", {}),
            argument_gets=_lists(data.get("argument_gets", {})),
            calls_with=data.get("calls_with", {}),
            calls_through=_lists(data.get("calls_through", {})),
            gives_later=data.get("gives_later", {}),
            returns_awaited=data.get("returns_awaited", {}),
            looks_up_native=data.get("looks_up_native", {}),
            looks_up_path=data.get("looks_up_path", {}),
            yields=data.get("yields", {}),
            looks_up_name=data.get("looks_up_name", {}),
            instantiates=data.get("instantiates", {}),
            returns_instance=data.get("returns_instance", {}),
            returning=_beginnings(data.get("returns_instance", {})),
            alike=frozenset(data.get("alike", {}).get("names", ())),
            copies_deeply=frozenset(data.get("copies_deeply", {}).get("names", ())),
            stands_in=frozenset(data.get("stands_in", {}).get("names", ())),
            overloads=frozenset(data.get("overloads", {}).get("names", ("typing.overload",))),
            keeps_elsewhere=_lists(data.get("keeps_elsewhere", {})),
            method_dispatches_to=_lists(data.get("method_dispatches_to", {})),
            called_with=_lists(data.get("called_with", {})),
            called_later=data.get("called_later", {}),
            takes_first_of=data.get("takes_first_of", {}),
            has_attribute=data.get("has_attribute", {}),
            staged=frozenset(name.rpartition(".")[2] for name in data.get("called_with", {})),
            schema_types=data.get("schema_types", {}),
            native_types=data.get("native_types", {}),
            property_operators=data.get("property_operators", {}),
            property_names=frozenset(_last(name) for name in data.get("property_operators", {})),
            operator_modules=tuple(aten.get("functions", ())),
            operator_classes=tuple(aten.get("methods", ())),
            operator_yaml=aten.get("yaml", ""),
            operator_methods=_lists(data.get("operator_methods", {})),
            operator_namespace=aten.get("namespace", "aten::"),
            operator_namespaces=frozenset(data.get("operators", {}).get("made_by", ())),
            class_namespaces=frozenset(data.get("operators", {}).get("classes_made_by", ())),
            named_operators=frozenset(data.get("operators", {}).get("named", ())),
            named_classes=frozenset(data.get("operators", {}).get("classes_named", ())),
            kept_in=data.get("kept_in", {}),
            builds_extension=_lists(data.get("builds_extension", {})),
            makes_kernel=data.get("makes_kernel", {}),
            kernel_methods=data.get("kernel_methods", {}),
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
        """Return why a function is not walked into, None for those that are.

        Of the rows that a name fits the longest counts; one without a reason says: it is walked.
        """
        if name not in self._why_folded:
            self._why_folded[name] = self._find_why_folded(name)
        return self._why_folded[name]

    def _find_why_folded(self, name: str) -> str | None:
        if (why := self.folded.get(name.partition("~")[0])) is not None:
            return why or None
        if name.startswith(self.folding):
            longest = max((part for part in self.folding if name.startswith(part)), key=len)
            return self.folded[f"{longest}*"] or None
        for package, why in self.folded_packages.items():
            if name.startswith(package + "."):
                return why
        return None


def _lists(table: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(items) for name, items in table.items()}


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _beginnings(table: Mapping[str, object]) -> tuple[str, ...]:
    """Return what stands before the `*` at the end of the names of a table."""
    return tuple(name[:-1] for name in table if name.endswith("*"))
