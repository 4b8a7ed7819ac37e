"""jinja2 with leaner code: what a template prints costs one call, and an attribute none.

A build prints half a million values. As jinja2 compiles it, each goes through `finalize`, `escape`
and a new Markup, each attribute through a function, each macro through a search for decorators and
for names of arguments. The same pages come out of this; whatever is not a plain case goes the way
of jinja2 itself. It uses what jinja2 offers for this, `code_generator_class` and `context_class`.
Left as it is: the syntax.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import MethodType
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup, escape

_MOST = 1 << 14  # texts kept escaped; most of a site's are names that stand on many pages


class LeanCode(CodeGenerator):
    """Writes a template's Python."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if _is_plain(frame):
            self.write("environment.shown(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if _is_plain(frame):
            self.write(")")
        else:
            super()._output_child_post(node, frame, finalize)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """Write a look-up as Python's own, with jinja2's behind it for what has no attribute."""
        self.write("(t_got if (t_got := getattr((t_of := ")
        self.visit(node.node, frame)
        name = repr(node.attr)
        self.write(f"), {name}, None)) is not None else environment.getattr(t_of, {name}))")


class LeanContext(Context):
    """Calls macros and methods at once: neither asks for the context."""

    def call(self, called: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        """Call what a template calls."""
        kind = type(called)
        if kind is not Macro and kind is not MethodType:
            return super().call(called, *args, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        if kind is MethodType or named:
            return called(*args, **named)
        return _expanded(called, args)


def _expanded(macro: Any, given: tuple[Any, ...]) -> Any:
    """Return what a macro says of arguments that were given by their places."""
    left = macro._argument_count - len(given)
    more = macro.caller or macro.catch_kwargs or macro.catch_varargs
    if left < 0 or more or not macro._default_autoescape:
        return macro(*given)
    said = macro._func(*given, *(missing,) * left) if left else macro._func(*given)
    return _as_it_is(Markup, said)


_as_it_is = str.__new__  # Markup's own asks each text whether it is HTML


class LeanEnvironment(Environment):
    """An environment that escapes, always, what templates print.

    `finalize` is asked about texts and what becomes one, not about numbers.
    """

    code_generator_class = LeanCode
    context_class = LeanContext

    def __init__(self, finalize: Callable[[Any], Any], **options: Any) -> None:
        super().__init__(autoescape=True, finalize=finalize, **options)

        @lru_cache(maxsize=_MOST)
        def escaped(text: str) -> str:
            return str(escape(finalize(text)))

        def shown(value: Any) -> str:
            kind = type(value)
            if kind is str:
                return escaped(value)
            if kind is Markup:
                return value  # type: ignore[no-any-return]  # it is one, as kind says
            if kind is int:
                return str(value)
            return escape(finalize(value))

        self.shown = shown


def _is_plain(frame: Frame) -> bool:
    return bool(frame.eval_ctx.autoescape) and not frame.eval_ctx.volatile
