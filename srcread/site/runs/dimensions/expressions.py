"""What an expression gives, as dimensions, proven by syntax.

`x.shape[0]` is the same symbol wherever x is the same tensor; `transpose` puts symbols elsewhere,
`view(bsz, num_heads, -1, head_dim)` takes those of its arguments. Whatever is not known here gives
None: a call that may do anything, a sum of tensors whose dimensions differ.

    q = q.view(tgt_len, bsz * num_heads, head_dim).transpose(0, 1)

gives q the dimensions `bsz * num_heads`, `tgt_len`, `head_dim`.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from srcread.site.runs.dimensions.values import (
    ONE,
    Dim,
    Known,
    Number,
    Sizes,
    Tensor,
    argument,
    broadcast,
    constant,
    dotted,
    is_ellipsis,
    is_new,
    is_scalar,
    matmul,
    moved,
    part,
    product,
)

_SAME_METHODS = frozenset({
    "clone", "contiguous", "detach", "to", "float", "double", "half", "bfloat16", "bool", "int",
    "long", "type_as", "cpu", "cuda", "softmax", "log_softmax", "relu", "sigmoid", "tanh", "exp",
    "log", "sqrt", "rsqrt", "abs", "neg", "square", "sin", "cos", "tril", "triu",
    "requires_grad_", "fill_", "zero_", "masked_fill_", "mul_", "add_", "sub_", "div_", "copy_",
    "clamp_", "neg_", "exp_",
})  # fmt: skip
_SAME_FUNCTIONS = frozenset({
    "softmax", "log_softmax", "relu", "gelu", "silu", "sigmoid", "tanh", "exp", "log", "sqrt",
    "rsqrt", "abs", "neg", "square", "sin", "cos", "tril", "triu", "clone", "dropout",
    "layer_norm", "rms_norm", "normalize", "zeros_like", "ones_like", "empty_like", "rand_like",
    "randn_like", "full_like", "isnan", "isinf",
})  # fmt: skip
_ALSO_FUNCTIONS = frozenset({
    "transpose", "permute", "reshape", "unsqueeze", "squeeze", "flatten", "t",
})  # fmt: skip
_MAKERS = frozenset(["zeros", "ones", "empty", "rand", "randn"])
_MOST = 20_000  # expressions of one activation that are looked at
_TORCH = ("torch", "F", "torch.nn.functional", "nn.functional")
_SAME_MODULES = tuple(
    f"torch.nn.modules.{name}." for name in ("dropout", "activation", "normalization", "batchnorm")
)
_OTHER = tuple(
    f"torch.nn.modules.activation.{name}.forward" for name in ("MultiheadAttention", "GLU")
)
_LINEAR = "torch.nn.modules.linear.Linear.forward"


class Shapes:
    """Evaluates expressions of one activation, with what is known of its variables.

    `called` names the function that a call went to, by its place; `variable` gives the number of a
    name that nothing is known of, with a symbol of its own.
    """

    def __init__(
        self,
        known: Mapping[str, Known | None],
        called: Callable[[ast.Call], str],
        variable: Callable[[str], Dim],
        fresh: Callable[[], Dim],
    ) -> None:
        self._known, self._called = known, called
        self._variable, self._fresh = variable, fresh
        self._left = _MOST

    def of(self, node: ast.expr) -> Known | None:
        """Return what an expression gives, None where that is not proven, or takes too long."""
        self._left -= 1
        if self._left < 0:
            return None
        match node:
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                return Number(Dim(value))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
                return Number(Dim(-value))
            case ast.UnaryOp(op=ast.USub() | ast.Invert(), operand=operand):
                found = self.of(operand)
                return found if isinstance(found, Tensor) else None
            case ast.Name() | ast.Attribute():
                return self._named(node)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                numbers = [self.of(one) for one in elements]
                dims = [one.dim for one in numbers if isinstance(one, Number)]
                return Sizes(tuple(dims)) if len(dims) == len(numbers) > 0 else None
            case ast.Subscript():
                return self._item(node)
            case ast.BinOp():
                return self._binary(node)
            case ast.IfExp(body=body, orelse=other):
                one = self.of(body)
                return one if one == self.of(other) else None
            case ast.NamedExpr(value=value):
                return self.of(value)
            case ast.Call():
                return self._call(node)
        return None

    def _named(self, node: ast.Name | ast.Attribute) -> Known | None:
        name = dotted(node)
        if name and name in self._known:
            return self._known[name]
        if isinstance(node, ast.Name):
            return None
        owner = self.of(node.value)
        if not isinstance(owner, Tensor):
            return None
        match node.attr:
            case "shape":
                return Sizes(owner.dims)
            case "data":
                return owner
            case "T" if len(owner.dims) == 2:
                return Tensor(owner.dims[::-1])
            case "mT" if len(owner.dims) >= 2:
                return Tensor((*owner.dims[:-2], owner.dims[-1], owner.dims[-2]))
        return None

    def _item(self, node: ast.Subscript) -> Known | None:
        owner = self.of(node.value)
        match owner:
            case Sizes():
                return part(owner.dims, node.slice)
            case Tensor():
                return self._indexed(owner.dims, node.slice)
        return None

    def _indexed(self, dims: tuple[Dim, ...], index: ast.expr) -> Known | None:
        """Return a tensor's part: whole slices keep dimensions, numbers take one, None adds one."""
        items = list(index.elts) if isinstance(index, ast.Tuple) else [index]
        taken = sum(not is_new(item) and not is_ellipsis(item) for item in items)
        if sum(map(is_ellipsis, items)) > 1 or taken > len(dims):
            return None
        left, found = list(dims), list[Dim]()
        for item in items:
            match item:
                case ast.Constant(value=None):
                    found.append(ONE)
                case ast.Constant(value=value) if value is Ellipsis:
                    count = len(left) - sum(
                        not is_new(one) for one in items[items.index(item) + 1 :]
                    )
                    found += left[:count]
                    del left[:count]
                case ast.Slice(lower=None, upper=None, step=None):
                    found.append(left.pop(0))
                case ast.Slice():
                    left.pop(0)
                    found.append(self._fresh())
                case _ if constant(item) is not None:
                    left.pop(0)
                case _:
                    return None  # a tensor may stand there, or a mask
        return Tensor((*found, *left))

    def _binary(self, node: ast.BinOp) -> Known | None:
        left, right = self.of(node.left), self.of(node.right)
        match left, right:
            case Number(), Number() if isinstance(node.op, ast.Mult):
                return Number(product([left.dim, right.dim]))
            case Sizes(), Sizes() if isinstance(node.op, ast.Add):
                return Sizes((*left.dims, *right.dims))
            case Tensor(), Tensor() if isinstance(node.op, ast.MatMult):
                return matmul(left.dims, right.dims)
            case Tensor(), Tensor():
                return broadcast(left.dims, right.dims)
            case Tensor(), _ if is_scalar(right, node.right):
                return left
            case _, Tensor() if is_scalar(left, node.left):
                return right
        return None

    def _call(self, node: ast.Call) -> Known | None:
        match node.func:
            case ast.Name(id="len") if len(node.args) == 1:
                found = self.of(node.args[0])
                return Number(found.dims[0]) if isinstance(found, Tensor) and found.dims else None
            case ast.Name(id="int") if len(node.args) == 1:
                found = self.of(node.args[0])
                return found if isinstance(found, Number) else None
        callee = self._called(node)
        if callee:
            return self._of_callee(callee, node)
        match node.func:
            case ast.Attribute(value=owner, attr=name) if self._is_torch(owner):
                return self._of_torch(name, node)
            case ast.Attribute(value=owner, attr=name):
                found = self.of(owner)
                return self._method(found, name, node) if isinstance(found, Tensor) else None
        return None

    def _is_torch(self, owner: ast.expr) -> bool:
        name = dotted(owner)
        return name in _TORCH and name.partition(".")[0] not in self._known

    def _of_callee(self, callee: str, node: ast.Call) -> Known | None:
        """Return what a function in Python gives that is known by its whole name."""
        first = self.of(node.args[0]) if node.args else None
        if not isinstance(first, Tensor):
            return None
        name = callee.rpartition(".")[2]
        if callee == _LINEAR and first.dims:
            return Tensor((*first.dims[:-1], self._fresh()))
        is_same = name in _SAME_FUNCTIONS and callee.startswith("torch.nn.functional.")
        is_same |= name == "forward" and callee.startswith(_SAME_MODULES) and callee not in _OTHER
        return first if is_same else None

    def _of_torch(self, name: str, node: ast.Call) -> Known | None:
        """Return what a function of torch gives."""
        found = [self.of(one) for one in node.args]
        match name, found:
            case (("matmul" | "bmm" | "mm"), [Tensor(one), Tensor(other)]):
                return matmul(one, other)
            case "baddbmm", [_, Tensor(one), Tensor(other)]:
                return matmul(one, other)
            case (("add" | "mul" | "sub" | "div"), [Tensor(one), Tensor(other)]):
                return broadcast(one, other)
            case (("cat" | "stack"), _) if node.args:
                return self._joined(name, node)
            case _, [Tensor() as first, *_] if name in _SAME_FUNCTIONS:
                return first
            case _, _ if name in _MAKERS and node.args:
                dims = self.sizes(node.args)
                return Tensor(dims) if dims is not None else None
            case _, [Tensor() as first, *_] if name in _ALSO_FUNCTIONS:
                return self._method(first, name, ast.Call(node.func, node.args[1:], node.keywords))
        return None

    def _joined(self, name: str, node: ast.Call) -> Known | None:
        """Return tensors side by side: all but one dimension is that of any of them."""
        parts = node.args[0].elts if isinstance(node.args[0], ast.List | ast.Tuple) else []
        first = next((one for one in map(self.of, parts) if isinstance(one, Tensor)), None)
        place = argument(node, 1, "dim", 0)
        if first is None or place is None:
            return None
        size = len(first.dims) + (name == "stack")
        place += size if place < 0 else 0
        if not 0 <= place < size:
            return None
        dims = list(first.dims)
        if name == "stack":
            dims.insert(place, Dim(len(parts)))
        else:
            dims[place] = self._fresh()
        return Tensor(tuple(dims))

    def _method(self, tensor: Tensor, name: str, node: ast.Call) -> Known | None:
        """Return what a method of a tensor gives."""
        dims = tensor.dims
        if name in _SAME_METHODS:
            return tensor
        match name:
            case "size" | "dim":
                return self._asked(dims, name, node)
            case "view" | "reshape" | "expand" | "unflatten":
                return self._resized(dims, name, node)
            case "view_as" | "expand_as" | "reshape_as" if len(node.args) == 1:
                other = self.of(node.args[0])
                return other if isinstance(other, Tensor) else None
            case "matmul" | "bmm" | "mm" if len(node.args) == 1:
                other = self.of(node.args[0])
                return matmul(dims, other.dims) if isinstance(other, Tensor) else None
            case "masked_fill" if len(node.args) == 2:
                mask = self.of(node.args[0])
                return broadcast(dims, mask.dims) if isinstance(mask, Tensor) else None
        return moved(dims, name, node)

    def _asked(self, dims: tuple[Dim, ...], name: str, node: ast.Call) -> Known | None:
        if name == "dim":
            return Number(Dim(len(dims)))
        if not node.args and not node.keywords:
            return Sizes(dims)
        place = argument(node, 0, "dim", None)
        inside = place is not None and -len(dims) <= place < len(dims)
        return Number(dims[place]) if place is not None and inside else None

    def _resized(self, dims: tuple[Dim, ...], name: str, node: ast.Call) -> Known | None:
        if name == "unflatten":
            place = argument(node, 0, "dim", None)
            sizes = self.sizes(node.args[1:2]) if len(node.args) == 2 else None
            if place is None or sizes is None or not -len(dims) <= place < len(dims):
                return None
            place %= len(dims)
            filled = self._filled(sizes, dims[place : place + 1])
            return Tensor((*dims[:place], *filled, *dims[place + 1 :]))
        sizes = self.sizes(node.args) if not node.keywords else None
        if sizes is None:
            return None
        if name == "expand":
            added = len(sizes) - len(dims)
            if added < 0:
                return None
            pairs = zip(sizes, (*[ONE] * added, *dims), strict=True)
            return Tensor(tuple(old if new == Dim(-1) else new for new, old in pairs))
        return Tensor(self._filled(sizes, dims))

    def _filled(self, sizes: tuple[Dim, ...], dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
        """Put what is left of a tensor's items in the place of -1."""
        if Dim(-1) not in sizes:
            return sizes
        given = product([one for one in sizes if one != Dim(-1)])
        whole = product(dims)
        left = Counter(whole.symbols)
        left.subtract(given.symbols)
        divides = given.factor > 0 and whole.factor % given.factor == 0
        rest = None
        if divides and min(left.values(), default=0) >= 0:
            rest = Dim(whole.factor // given.factor, tuple(sorted(left.elements())))
        return tuple((rest or self._fresh()) if one == Dim(-1) else one for one in sizes)

    def sizes(self, arguments: Sequence[ast.expr]) -> tuple[Dim, ...] | None:
        """Return the numbers that a size is given by: one by one, or as one tuple."""
        if len(arguments) == 1:
            match arguments[0]:
                case ast.Tuple(elts=elements) | ast.List(elts=elements):
                    return self._several(elements)
                case ast.Starred():
                    return self._several(arguments)
            match self.of(arguments[0]):
                case Sizes(dims):
                    return dims
                case Number(dim):
                    return (dim,)
            return None  # a dtype, or a tuple of which nothing is known
        return self._several(arguments)

    def _several(self, arguments: Sequence[ast.expr]) -> tuple[Dim, ...] | None:
        found: list[Dim] = []
        for one in arguments:
            if isinstance(one, ast.Starred):
                inside = self.of(one.value)
                if not isinstance(inside, Sizes):
                    return None
                found += inside.dims
            else:
                found.append(self._size(one))
        return tuple(found)

    def _size(self, node: ast.expr) -> Dim:
        """Return a number where one stands for a size; what is not known has a symbol."""
        found = self.of(node)
        if isinstance(found, Number):
            return found.dim
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return product([self._size(left), self._size(right)])
        name = dotted(node)
        if found is None and name and (name.isidentifier() or name.startswith("self.")):
            return self._variable(name)
        return self._fresh()
