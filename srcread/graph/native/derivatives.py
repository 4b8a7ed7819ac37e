"""What autograd runs on the way back: the functions that derivatives.yaml's formulas call.

Only their names are kept, in order: free functions and the methods that make tensors; what merely
asks (`grad.defined()`, `self.sym_sizes()`) is left out. Forward-mode formulas (`result: …`) are not
the way back. Without an entry of its own an in-place operator has that of its functional twin, and
`view_copy` that of the view; `out` variants have none at all: so does torchgen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from srcread.graph.native.operators import COMPOSITE, OperatorList, is_out
from srcread.graph.native.overloads import argument_names
from srcread.model import Derivative, Operator

_HEAD = re.compile(r"\n- name: +([\w.]+)\(")
_KEY = re.compile(r"(?:  |      )(\w[\w, ]*): (.*)")
"""A formula's line: two spaces deep, or six below a `dispatch:` with a key of its own."""
_CALL = re.compile(r"(->|\.|::)?\b([A-Za-z_]\w*)\(")
_REFUSAL = re.compile(r"not_implemented\([^()]*\)")
_SAYS_NOTHING = frozenset({"", "non_differentiable", "auto_linear", "auto_element_wise"})
_NOT_FUNCTIONS = frozenset({"Tensor", "tuple", "vector", "optional", "SymInt", "wrap_opt_if"})


class Derivatives:
    """The text of derivatives.yaml, and the operators that it is about."""

    def __init__(self, text: str, operators: OperatorList) -> None:
        self._text = "\n" + text.replace("\r\n", "\n")
        self._operators = operators
        self._starts: dict[str, int] | None = None

    def of(self, operator: Operator) -> tuple[Derivative, tuple[str, ...]]:
        """Return how an operator is differentiated, and the names that its formulas call.

        `operator` has all its kernels, as `OperatorList.with_kernels` gives them.
        """
        composite = COMPOSITE in operator.dispatch
        start = None if is_out(operator.schema) else self._start(operator)
        formulas = list(self._formulas(start, operator)) if start is not None else []
        if any(_REFUSAL.sub("", formula).strip("\"' ") for formula in formulas):
            names = tuple(dict.fromkeys(name for item in formulas for name in self._calls(item)))
            return Derivative.BOTH if composite else Derivative.FORMULA, names
        if composite and "Tensor" in operator.schema.rpartition("->")[2]:
            return Derivative.COMPOSITE, ()
        return Derivative.NONE, ()

    def _start(self, operator: Operator) -> int | None:
        if self._starts is None:
            self._starts = {match[1]: match.start() for match in _HEAD.finditer(self._text)}
        base, dot, overload = operator.name.partition(".")
        twins = (base, base.removesuffix("_"), base.removesuffix("_copy"))
        found = (self._starts.get(twin + dot + overload) for twin in twins)
        return next((start for start in found if start is not None), None)

    def _formulas(self, start: int, operator: Operator) -> Iterator[str]:
        """Yield the formulas for an entry's inputs, each on one line."""
        end = self._text.find("\n- name:", start + 1)
        block = self._text[start + 1 : end if end >= 0 else len(self._text)]
        inputs = set(argument_names(operator.schema))
        formula: str | None = None
        for line in block.split("\n")[1:]:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            if match := _KEY.fullmatch(line):
                if formula is not None:
                    yield formula
                wanted = {name.strip() for name in match[1].split(",")} <= inputs
                formula = match[2].strip() if wanted and match[2] not in _SAYS_NOTHING else None
            elif formula is not None:
                formula += " " + line.strip()
        if formula is not None:
            yield formula

    def _calls(self, formula: str) -> Iterator[str]:
        for how, name in _CALL.findall(_REFUSAL.sub("", formula)):
            if name in _NOT_FUNCTIONS or (how and not self._makes_tensors(name)):
                continue
            # `f_symint` is the C++ spelling of the operator `f` for sizes that are symbols.
            plain = name.removesuffix("_symint")
            yield plain if self._operators.overloads(plain) else name

    def _makes_tensors(self, method: str) -> bool:
        found = self._operators.overloads(method.removesuffix("_symint"))
        return any("Tensor" in operator.schema.rpartition("->")[2] for operator in found)
