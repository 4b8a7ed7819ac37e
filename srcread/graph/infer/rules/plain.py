"""Native schema types as values: `Tensor`, `Tensor[]`, `(Tensor values, Tensor indices)`."""

from __future__ import annotations

from srcread.graph.idioms import Idioms
from srcread.graph.infer.values import NOTHING, ExternalInstance, Instance, Sequence, Values


def of_schema(idioms: Idioms, text: str) -> Values:
    """Return what a schema's type stands for; a class that is read where the idioms name one."""
    if text.startswith("(") and text.endswith(")"):
        parts = [part.strip().partition(" ")[0] for part in text[1:-1].split(",")]
        positions = tuple(of_schema(idioms, part) for part in parts if part)
        return frozenset({Sequence(NOTHING.union(*positions), positions)})
    name = text.partition(" ")[0]
    if name.endswith("[]"):
        return frozenset({Sequence(of_schema(idioms, name.removesuffix("[]")))})
    if (cls := idioms.schema_types.get(name)) is not None:
        return frozenset({Instance(cls, constructed=False)})
    builtin = {"SymInt": "int", "Scalar": "float", "Layout": "int"}.get(name, name)
    return frozenset({ExternalInstance(f"builtins.{builtin}")})
