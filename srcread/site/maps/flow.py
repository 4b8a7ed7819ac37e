"""What ran, statement by statement, to blocks: which value went where, and what made it.

    x = self.norm(x + self.attn(x, mask))   ->   attn(x, mask) · + (attn, x) · norm(+)

A function's statements are walked in their order with a table of what made each name. Only what ran
is walked, so a branch that was not taken is not in the map; of the graph's, both stand there under
their tests. Calls are the matter of `calls`, loops of `loops`.

Left out: what a container holds beyond a tuple, and a name that a nested function sets. A value of
which it is not known what made it has no line, and no line is guessed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from srcread.site.blocks import Block, Input, Origin, Role
from srcread.site.maps.calls import Given, native, place
from srcread.site.maps.loops import aliases, rounds
from srcread.site.maps.run import Activation, Run, shape_of, short_name
from srcread.site.maps.values import Made, first_of, item_of

MOST_BLOCKS = 4_000
MOST_NESTED = 40

_SIZES = frozenset({"shape", "dtype", "device", "ndim", "requires_grad", "is_nested"})
_ADDING = frozenset({"add", "add_", "__add__", "__iadd__"})


class Walked(NamedTuple):
    """The blocks of one activation, and what made the value that it returned."""

    steps: tuple[Block, ...]
    result: Made


class Walk:
    """Goes through a run from one activation down, and numbers the blocks.

    At `MOST_BLOCKS`, or `MOST_NESTED` deep, what is below a module is only counted.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.above: tuple[str, ...] = ("",)
        self.dropped: dict[int, Origin] = {}
        self._count = 0
        self._depth = 0

    def root(self, number: int) -> Block:
        """Return the block of an activation as a whole, and all below it."""
        run, activation = self.run, self.run.activation(number)
        inputs = activation.inputs()
        known = activation.parameters if run.static else [one.name for one in inputs]
        walked = self.body(number, {name: name for name in known})
        return Block(
            number=self.next(),
            role=Role.MODULE,
            kind=run.class_of(number) if run.is_module(number) else "",
            name="" if run.is_module(number) else activation.case.symbol.rpartition(".")[2],
            symbol=activation.case.symbol,
            takes=next((one.shape for one in inputs), ""),
            gives=activation.returned(),
            inputs=inputs,
            steps=tuple(self._settled(step) for step in walked.steps),
            operators=run.operators_of[number],
        )

    def _settled(self, block: Block) -> Block:
        """Let what a block that was left out had made come from what went into that one."""
        inputs = tuple(one._replace(origin=self._kept(one.origin)) for one in block.inputs)
        return block._replace(inputs=inputs, steps=tuple(map(self._settled, block.steps)))

    def _kept(self, origin: Origin) -> Origin:
        while isinstance(origin, int) and origin in self.dropped:
            origin = self.dropped[origin]
        return origin

    def next(self) -> int:
        """Return a number for a block."""
        self._count += 1
        return self._count

    def _fold(self, number: int) -> Block:
        """Return the block that counts the modules below an activation."""
        return Block(self.next(), Role.FOLD, kind=str(self.run.modules_below[number]))

    def body(
        self, number: int, given: Mapping[str, Made], paths: tuple[str, ...] | None = None
    ) -> Walked:
        """Walk the function of an activation with what made its arguments.

        `paths` are those of its objects, if it is a module's.
        """
        activation = self.run.activation(number)
        if activation.node is None or self._count > MOST_BLOCKS or self._depth > MOST_NESTED:
            return Walked((self._fold(number),), None)
        above = self.above
        self.above = paths if paths is not None else above
        self._depth += 1
        walked = _Body(self, activation, given).walked()
        self._depth -= 1
        self.above = above
        return walked


class _Body:
    """Walks the statements of one activation; `steps` are the blocks so far."""

    def __init__(self, walk: Walk, activation: Activation, given: Mapping[str, Made]) -> None:
        self.walk = walk
        self.activation = activation
        self.steps: list[Block] = []
        self._made = dict(given)
        self._aliases: dict[str, str] = {}
        self._conditional = 0
        self._statement: ast.stmt | None = None
        self._round: Mapping[ast.expr, tuple[int, int]] = {}
        self._result: Made = None

    def walked(self) -> Walked:
        if self.activation.node is not None:
            self._block(self.activation.node.body)
        steps = live(self.steps, first_of(self._result))
        kept = {step.number for step in steps}
        for step in self.steps:
            if step.number not in kept:
                self.walk.dropped[step.number] = step.inputs[0].origin if step.inputs else None
        return Walked(tuple(steps), self._result)

    def _block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            if self.activation.ran(statement):
                self._walk(statement)

    def _walk(self, node: ast.stmt) -> None:
        outer, self._statement = self._statement, node
        match node:
            case ast.If():
                self._branches(node)
            case ast.For(target=target, iter=iterated):
                self._bind(target, self.value(iterated))
                self._aliases |= aliases(target, iterated)
                self._loop(node)
            case ast.While(test=test):
                self.value(test)
                self._loop(node)
            case ast.With(items=items, body=body):
                for item in items:
                    self.value(item.context_expr)
                self._block(body)
            case ast.Try(body=body, orelse=orelse, finalbody=final):
                self._block([*body, *orelse, *final])
            case ast.Return(value=value):
                self._returned(value)
            case _:
                self._assigned(node)
        self._statement = outer

    def _assigned(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                made = self.value(value)
                for target in targets:
                    self._bind(target, made)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, self.value(value))
            case ast.AugAssign(target=target, op=operator, value=value):
                left, right = self.value(target), self.value(value)
                self._bind(target, self._binary(node, operator, left, right))
            case ast.Expr(value=value):
                self.value(value)

    def _branches(self, node: ast.If) -> None:
        """Walk both branches: of a run's only what ran there is found, of the graph's all.

        What follows an unrun branch that leaves the function sees the names of the other.
        """
        self.value(node.test)
        if not self.walk.run.static:
            self._block([*node.body, *node.orelse])
            return
        before, test = dict(self._made), ast.unparse(node.test)
        self._under(test, node.body)
        after, self._made = self._made, dict(before)
        self._under(f"not ({test})", node.orelse)
        if not _leaves(node.body):
            changed = {name for name in after if after[name] != before.get(name)}
            self._made |= {name: after[name] for name in changed}

    def _under(self, test: str, statements: Sequence[ast.stmt]) -> None:
        """Walk a branch that may run; what it adds is a group that says its test."""
        start = len(self.steps)
        self._conditional += 1
        self._block(statements)
        self._conditional -= 1
        added = self.steps[start:]
        if any(step.role in (Role.MODULE, Role.GROUP) for step in added):
            group = self._grouped(added, 1)._replace(condition=test)
            self.steps[start:] = [group]

    def _loop(self, node: ast.For | ast.While) -> None:
        """Walk a loop's body once for each run of equal rounds; more than one block is a group."""
        for times, calls in rounds(self.activation, node):
            outer, self._round = self._round, calls
            start = len(self.steps)
            self._block(node.body)
            self._round = outer
            if times == 1 or len(self.steps) == start:
                continue
            if len(self.steps) - start == 1:
                self.steps[start] = self.steps[start]._replace(times=times)
            else:
                self.steps[start:] = [self._grouped(self.steps[start:], times)]
        self._block(node.orelse)

    def _grouped(self, steps: Sequence[Block], times: int) -> Block:
        inside = {number for step in steps for number in numbers_of(step)}
        given = {
            one.origin: one
            for step in steps
            for one in step.inputs
            if one.origin is not None and one.origin not in inside
        }
        return Block(
            self.walk.next(),
            Role.GROUP,
            times=times,
            takes=steps[0].takes,
            gives=steps[-1].gives,
            inputs=tuple(given.values()),
            steps=tuple(steps),
        )

    def _returned(self, value: ast.expr | None) -> None:
        made = self.value(value) if value is not None else None
        if self._result is None or not self._conditional:
            self._result = made

    def _bind(self, target: ast.expr, made: Made) -> None:
        match target:
            case ast.Name(id=name):
                self._made[name] = made
            case ast.Starred(value=inner):
                self._bind(inner, made)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for number, part in enumerate(parts):
                    self._bind(part, item_of(made, number, len(parts)))

    def value(self, node: ast.expr) -> Made:
        """Return what made an expression's value, and add the blocks that ran in it."""
        match node:
            case ast.Name(id=name):
                return self._made.get(name)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return tuple(self.value(part) for part in parts)
            case ast.BinOp(left=left, op=operator, right=right):
                made = self.value(left), self.value(right)
                return self._binary(node, operator, *made)
            case ast.Subscript(value=inner, slice=index):
                made_of = self.value(inner)
                number = index.value if isinstance(index, ast.Constant) else None
                return item_of(made_of, number if isinstance(number, int) else 0)
            case ast.Attribute(value=inner, attr=name):
                found = self.value(inner)
                return None if name in _SIZES else found
            case ast.Call():
                return self._call(node)
            case ast.Lambda() | ast.Constant():
                return None
            case ast.NamedExpr(target=target, value=inner):
                found = self.value(inner)
                self._bind(target, found)
                return found
        return self._any_of(node)

    def _any_of(self, node: ast.expr) -> Made:
        """Walk what an expression is made of; the first value that is known is its own."""
        parts = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
        for comprehension in ast.iter_child_nodes(node):
            if isinstance(comprehension, ast.comprehension):
                self._bind(comprehension.target, self.value(comprehension.iter))
                self._aliases |= aliases(comprehension.target, comprehension.iter)
        if isinstance(node, ast.IfExp):
            parts = [node.test, node.body, node.orelse]
            return next((made for made in map(self.value, parts[1:]) if made is not None), None)
        return next((made for made in [*map(self.value, parts)] if made is not None), None)

    def _binary(self, node: ast.AST, operator: ast.operator, left: Made, right: Made) -> Made:
        """Return a sum or a product of matrices as a block, and of all else what goes in first."""
        ways = {ast.Add: (Role.SUM, _ADDING), ast.MatMult: (Role.OPERATOR, {"matmul", "bmm", "mm"})}
        way = ways.get(type(operator))
        origins = first_of(left), first_of(right)
        if way is None or None in origins or isinstance(left, tuple):
            return left if left is not None else right
        around = self._statement if self._statement is not None else node
        ran = {short_name(one.name) for one in self.activation.operators_in(around)}
        if not self.walk.run.static and not ran & way[1]:
            return left
        return self._add(way[0], origins, node)

    def _add(self, role: Role, origins: Sequence[Origin], node: ast.AST) -> int:
        kind = "+" if role is Role.SUM else "matmul"
        block = Block(
            self.walk.next(),
            role,
            kind=kind,
            inputs=tuple(Input("", origin, "") for origin in origins),
            operators=("add" if role is Role.SUM else "matmul",),
            gives=self._given_by(node),
        )
        self.steps.append(block)
        return block.number

    def _given_by(self, node: ast.AST) -> str:
        """Return the shape of an operator's value, where a statement is nothing but it."""
        statement = self._statement
        whole = getattr(statement, "value", None) if statement is not node else node
        is_whole = statement is not None and whole is node
        return shape_of(self.activation.value_of(statement)) if statement and is_whole else ""

    def _call(self, node: ast.Call) -> Made:
        base = self.value(node.func.value) if isinstance(node.func, ast.Attribute) else None
        listed = [(None, self.value(one)) for one in node.args]
        named = [(one.arg, self.value(one.value)) for one in node.keywords]
        given = Given(node, base, (*listed, *named), self._aliases)
        chosen = self._round.get(node)
        cases = (chosen,) if chosen is not None else self.activation.calls_at(node)
        if cases:
            return place(self.walk, self.steps, given, cases)
        around = self._statement if self._statement is not None else node
        operators = self.activation.operators_in(around)
        gives = self._given_by(node)
        return native(self.walk, self.steps, given, self.activation, operators, gives)


def numbers_of(block: Block) -> Iterator[int]:
    """Yield the number of a block and of all below it."""
    yield block.number
    for step in block.steps:
        yield from numbers_of(step)


def live(steps: Sequence[Block], result: Origin) -> list[Block]:
    """Leave out what only prepares what goes in at the side, as the making of a mask does.

    Modules, and groups of them, always stay; so does all where it is not known what was returned.
    """
    if not isinstance(result, int):
        return list(steps)
    owner = {number: step for step in steps for number in numbers_of(step)}
    needed, wanted = set[int](), [result]
    while wanted:
        step = owner.get(wanted.pop())
        if step is None or step.number in needed:
            continue
        needed.add(step.number)
        main = step.inputs if step.role in (Role.SUM, Role.OPERATOR) else step.inputs[:1]
        wanted += [one.origin for one in main if isinstance(one.origin, int)]
    kept = (Role.MODULE, Role.GROUP)
    return [step for step in steps if step.role in kept or step.number in needed]


def _leaves(statements: Sequence[ast.stmt]) -> bool:
    return bool(statements) and isinstance(statements[-1], ast.Return | ast.Raise)
