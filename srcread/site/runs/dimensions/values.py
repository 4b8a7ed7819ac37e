"""Dimensions as values: products of symbols, and what operations on tensors make of them.

A *symbol* stands for a number that nobody needs to know. Two symbols may have equal numbers, and
are never mixed up: where it is not proven which one a dimension is, the answer is None.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple


class Dim(NamedTuple):
    """One dimension: a constant times the symbols of a product, sorted."""

    factor: int
    symbols: tuple[int, ...] = ()


class Number(NamedTuple):
    """A whole number, as `x.size(0)` gives one."""

    dim: Dim


class Sizes(NamedTuple):
    """Numbers in a row, as `x.shape` gives them."""

    dims: tuple[Dim, ...]


class Tensor(NamedTuple):
    """A tensor by its dimensions."""

    dims: tuple[Dim, ...]


class Plain(NamedTuple):
    """A number that is no size, as a factor is."""


Known = Number | Sizes | Tensor | Plain

ONE = Dim(1)


def product(dims: Sequence[Dim]) -> Dim:
    """Return the product of dimensions."""
    factor = 1
    for dim in dims:
        factor *= dim.factor
    return Dim(factor, tuple(sorted(one for dim in dims for one in dim.symbols)))


def part(dims: tuple[Dim, ...], index: ast.expr) -> Known | None:
    """Return one of several numbers, or some of them."""
    match index:
        case ast.Slice(lower=lower, upper=upper, step=None):
            bounds = [None if one is None else constant(one) for one in (lower, upper)]
            unknown = any(
                one is not None and bound is None
                for one, bound in zip((lower, upper), bounds, strict=True)
            )
            return None if unknown else Sizes(dims[bounds[0] : bounds[1]])
    place = constant(index)
    inside = place is not None and -len(dims) <= place < len(dims)
    return Number(dims[place]) if place is not None and inside else None


def matmul(one: tuple[Dim, ...], other: tuple[Dim, ...]) -> Tensor | None:
    """Return the dimensions of a product of matrices; in batches of three dimensions of the left.

    Equal are these there, or the product had failed.
    """
    if min(len(one), len(other)) < 2:
        return None
    batch = Tensor(one[:-2]) if len(one) == len(other) == 3 else broadcast(one[:-2], other[:-2])
    return Tensor((*batch.dims, one[-2], other[-1])) if batch is not None else None


def broadcast(one: tuple[Dim, ...], other: tuple[Dim, ...]) -> Tensor | None:
    """Return the dimensions of two tensors added: equal ones, or those beside a 1."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    found = list(longer[: len(longer) - len(shorter)])
    for left, right in zip(longer[len(found) :], shorter, strict=True):
        if left != right and ONE not in (left, right):
            return None
        found.append(right if left == ONE else left)
    return Tensor(tuple(found))


def moved(dims: tuple[Dim, ...], name: str, node: ast.Call) -> Tensor | None:
    """Return dimensions in another order, or with one more or fewer."""
    rank = len(dims)
    match name:
        case "t" if rank == 2:
            return Tensor(dims[::-1])
        case "transpose" | "swapaxes" | "swapdims":
            places = [argument(node, number, f"dim{number}", None) for number in (0, 1)]
            order = list(range(rank))
            for one, other in [places]:
                if one is None or other is None or not all(-rank <= n < rank for n in (one, other)):
                    return None
                order[one], order[other] = order[other], order[one]
            return Tensor(tuple(dims[place] for place in order))
        case "permute" if node.args:
            listed = node.args[0].elts if isinstance(node.args[0], ast.Tuple) else node.args
            places = [constant(one) for one in listed]
            known = [one % rank for one in places if one is not None and -rank <= one < rank]
            return (
                Tensor(tuple(dims[one] for one in known))
                if sorted(known) == [*range(rank)]
                else None
            )
        case "flatten":
            first, last = argument(node, 0, "start_dim", 0), argument(node, 1, "end_dim", -1)
            if (
                first is None
                or last is None
                or not -rank <= first < rank
                or not -rank <= last < rank
            ):
                return None
            first, last = first % rank, last % rank + 1
            return Tensor((*dims[:first], product(dims[first:last]), *dims[last:]))
        case "unsqueeze" | "squeeze":
            return squeezed(dims, name, argument(node, 0, "dim", None))
    return None


def squeezed(dims: tuple[Dim, ...], name: str, place: int | None) -> Tensor | None:
    """Return dimensions with a 1 more at a place, or without the 1 there."""
    room = len(dims) + (name == "unsqueeze")
    if place is None or not -room <= place < room:
        return None
    place %= room
    if name == "unsqueeze":
        return Tensor((*dims[:place], ONE, *dims[place:]))
    return Tensor((*dims[:place], *dims[place + 1 :])) if dims[place] == ONE else None


def argument(node: ast.Call, place: int, name: str, default: int | None) -> int | None:
    """Return a whole number that is given at a place or by name."""
    given = [word.value for word in node.keywords if word.arg == name]
    if len(node.args) > place and not any(isinstance(one, ast.Starred) for one in node.args):
        given.append(node.args[place])
    return constant(given[0]) if given else default


def constant(node: ast.expr) -> int | None:
    """Return a whole number that is written out."""
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
    return None


def is_new(node: ast.expr) -> bool:
    """Tell whether a part of an index adds a dimension."""
    return isinstance(node, ast.Constant) and node.value is None


def is_ellipsis(node: ast.expr) -> bool:
    """Tell whether a part of an index stands for whole dimensions."""
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def is_scalar(known: Known | None, node: ast.expr) -> bool:
    """Tell whether a side of an operation is a number, which changes no dimension."""
    match node:
        case ast.Constant(value=int() | float()):
            return True
        case ast.Call(func=func):
            name = dotted(func)
            return name in ("float", "int") or name.startswith("math.")
        case ast.BinOp(left=left, right=right) if known is None:
            return is_scalar(None, left) and is_scalar(None, right)
    return isinstance(known, Number | Plain)


def dotted(node: ast.AST) -> str:
    """Return a name with its attributes, `self.num_heads`; nothing for other expressions."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=attribute):
            above = dotted(owner)
            return f"{above}.{attribute}" if above else ""
    return ""
