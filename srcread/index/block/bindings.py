"""What a block of code binds, calls, runs implicitly, fills and tests, as data.

`scope` gathers it. All of it is syntax: which class an operand is of, and so what really runs, is
for others to say. Thousands of these are made and none is compared or changed: a frozen one would
take three times as long to make.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import Enum


class How(Enum):
    """By what construct a name gets its value from a binding's node."""

    VALUE = "value"
    """`name = node`"""
    ELEMENT = "element"
    """`for name in node`, in a comprehension too."""
    ENTERED = "entered"
    """`with node as name`"""
    RAISED = "raised"
    """`except node as name`"""
    UPDATED = "updated"
    """`name += node`: the value is of the kind that it was."""
    DECLARED = "declared"
    """`name: node`, an annotation without a value."""
    IMPORTED = "imported"
    """`import x`, `from x import y`: the node is the statement, `alias` its part."""
    DEFINED = "defined"
    """`def name`, `class name`: the node is the definition."""
    PARAMETER = "parameter"
    """A parameter of a lambda."""
    CAPTURED = "captured"
    """A name in a pattern of `case`: the node is the subject, `captured` the name and pattern."""


Inner = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
"""Expressions with names of their own."""
Unpacking = tuple[int | tuple[int, int | None], ...]
"""Positions in nested tuples, from the end where negative; a pair is the slice of a star."""


@dataclass(eq=False, slots=True)
class Binding:
    """One place that gives a name its value.

    `path` leads into the value when a tuple is unpacked: `a, (b, *c) = node` binds c by
    (1, (1, None)). `inside` are the inner expressions around the node, outermost first; `outside`
    tells that the node belongs to the block around an inner expression.
    """

    how: How
    node: ast.AST
    path: Unpacking = ()
    alias: ast.alias | None = None
    inside: tuple[Inner, ...] = ()
    outside: bool = False
    captured: tuple[str, ast.pattern] | None = None


@dataclass(eq=False, slots=True)
class Use:
    """A call, or a read attribute, with the test of the innermost branch in which it stands."""

    node: ast.Call | ast.Attribute
    condition: ast.expr | None
    inside: tuple[Inner, ...] = ()


@dataclass(eq=False, slots=True)
class Chance:
    """An operand, and of its methods the first that its class has, with these arguments."""

    operand: ast.expr
    methods: tuple[str, ...]
    arguments: tuple[ast.expr, ...] = ()


@dataclass(eq=False, slots=True)
class ImplicitCall:
    """One implicit call: the first chance whose operand has a method; `role` sets apart several.

    `node` is where it stands, `condition` and `inside` are as in `Use`.
    """

    node: ast.expr | ast.stmt
    role: str
    chances: tuple[Chance, ...]
    condition: ast.expr | None
    inside: tuple[Inner, ...]


@dataclass(eq=False, slots=True)
class Filling:
    """A value that is put into a container: under the key `at`, a constant one if there is `key`.

    A `spread` value's elements are put in, as `extend` does. `above` are the keys that lead from
    the container that is named to the one in it that is filled: `x["a"]["b"] = node`.
    """

    node: ast.expr
    spread: bool = False
    key: str | int | None = None
    at: ast.expr | None = None
    above: tuple[str | int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Put:
    """A filling before a read; it is `sure` to have run, and run last of those of its key."""

    filling: Filling
    sure: bool


@dataclass(eq=False, slots=True)
class Reach:
    """What may reach one read of a local name.

    `begins`: what the name was when the block began; `fillings` come behind the bindings, in order.
    """

    bindings: tuple[Binding, ...]
    begins: bool
    fillings: tuple[Put, ...]


@dataclass(eq=False, slots=True)
class Setting:
    """An attribute that is set on what an expression gives."""

    owner: ast.expr
    name: str
    binding: Binding


class Tested(Enum):
    """What is tested."""

    IS_NONE = "is None"
    IS_INSTANCE = "isinstance"
    IS_CALLABLE = "callable"


@dataclass(frozen=True, slots=True)
class Fact:
    """A test that holds, or does not, of a name; `classes` is what `isinstance` was given.

    `since` counts the calls of the block before the test. What is `old` has a call between the test
    and the read: whatever that runs may have set what was tested.
    """

    test: Tested
    holds: bool
    classes: ast.expr | None = None
    since: int = field(default=0, compare=False)
    old: bool = False


@dataclass(slots=True)
class Scope:
    """What one block (a module's, a class's or a function's) binds, calls and returns.

    Names are written as paths where attributes count: `self.x`.
    """

    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[tuple[str, str], list[Binding]] = field(default_factory=dict)
    """`self.x = node`, keyed by ("self", "x"), for every plain name before the dot."""
    settings: dict[str, list[Setting]] = field(default_factory=dict)
    """`self.x.y = node`, `xs[0].y = node`: by the path before the last dot, "" where it is none."""
    calls: list[Use] = field(default_factory=list)
    reads: list[Use] = field(default_factory=list)
    implicit_calls: list[ImplicitCall] = field(default_factory=list)
    """Operators, loops, `with` and stored attributes: calls that are not written as calls."""
    lambdas: list[tuple[ast.Lambda, tuple[Inner, ...]]] = field(default_factory=list)
    """With the comprehensions around them. Their own insides are scopes of their own."""
    fillings: dict[str, list[Filling]] = field(default_factory=dict)
    """`x.append(node)`, `x[key] = node`, by the path of the container."""
    reaching: dict[int, Reach] = field(default_factory=dict)
    """What reaches a read of a name, by the `id` of its node, where that is not all there is."""
    facts: dict[int, tuple[Fact, ...]] = field(default_factory=dict)
    """What the tests around a read of a path say, by the `id` of the node that is read."""
    tested: dict[str, list[ast.expr]] = field(default_factory=dict)
    """All classes that `isinstance` ever compares a path with."""
    returns: list[ast.expr] = field(default_factory=list)
    yields: list[ast.expr] = field(default_factory=list)
    delegates: list[ast.expr] = field(default_factory=list)
    """What `yield from` hands on."""
    starred: list[ast.ImportFrom] = field(default_factory=list)
    injections: list[ast.expr] = field(default_factory=list)
    """What is copied into `globals()`: `X` of `for n in dir(X): globals()[n] = …`."""
    replaced: set[str] = field(default_factory=set)
    """Names of which an earlier binding is left out: what was read before a later one was that."""
    outer: set[str] = field(default_factory=set)
    """Names declared global or nonlocal here."""


def path_of(node: ast.expr) -> str:
    """Return a name with its attributes, dotted; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.NamedExpr(target=target):
            return target.id
        case ast.Attribute(value=value, attr=attribute):
            owner = path_of(value)
            return f"{owner}.{attribute}" if owner else ""
    return ""
