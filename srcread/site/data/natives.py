"""Functions outside Python that a page's code calls: operators with their kernels, and plugins.

What torch's and the plugins' own files declare stands here as plain data, and a link to the C++ of
each kernel: to its file at the distribution's revision, or to a search where the file is unknown.
Nothing compiled is read or loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from srcread.model import Distribution, Edge, EdgeKind, Operator, Plugin
from srcread.site.data.address import fragment, permalink, web
from srcread.site.data.layout import Layout

_MAIN_KEYS = ("CPU", "CUDA", "CompositeImplicitAutograd", "CompositeExplicitAutograd")
"""The keys that most readers run on; the functions of the others are folded away."""
_GITHUB = "https://github.com/"


class Kernel(NamedTuple):
    """A C++ function: its dispatch keys, its file where that is known, a link to it or a search.

    A `generated` one stands in no file upstream: the build writes it, out of the code of `path`.
    """

    function: str
    keys: tuple[str, ...]
    path: str
    href: str | None
    generated: bool = False


class NativeCall(NamedTuple):
    """A function outside Python that is called here, and the operator behind it.

    `declared` leads to the operator's line upstream. `kernels` are those of the main keys, `others`
    the rest; `derivative` is a word of `Derivative`.
    """

    anchor: str
    name: str
    lines: tuple[int, ...]
    operator: str
    schema: str
    declared: str | None
    overloads: int
    kernels: tuple[Kernel, ...]
    others: tuple[Kernel, ...]
    derivative: str
    backward: tuple[Kernel, ...]


def native_calls(layout: Layout, edges: Iterable[Edge]) -> tuple[NativeCall, ...]:
    """Return the functions outside Python that are called by these edges, in their order."""
    lines: dict[str, set[int]] = {}
    for edge in edges:
        if edge.callee and edge.kind is EdgeKind.NATIVE:
            lines.setdefault(edge.callee, set()).add(edge.site.range.first_line)
    operators = layout.view.graph.operators
    distributions = {item.name: item for item in layout.view.distributions}
    found = []
    for name, places in lines.items():
        operator = operators.get(name)
        brings = distributions.get(operator.distribution) if operator else None
        plugin = layout.view.graph.plugins.get(name)
        if plugin is not None:
            found.append(_plugin(plugin, tuple(sorted(places)), layout.view.distributions))
            continue
        found.append(_native(name, tuple(sorted(places)), operator, brings))
    return tuple(found)


def native_anchor(name: str) -> str:
    """Return the `id` of a native function in the list below the code."""
    return "native-" + fragment(name)


def _plugin(
    plugin: Plugin, lines: tuple[int, ...], distributions: Iterable[Distribution]
) -> NativeCall:
    """A plugin's C++ class stands where an operator's kernels do, its versions for their keys."""
    known = [item for item in distributions if item.repository]
    function = Operator(plugin.name, "", {}, 0, files={plugin.cpp_class: plugin.file})
    brings = next((item for item in known if item.version in plugin.versions), None)
    kernel = _kernel(plugin.cpp_class, plugin.versions, function, brings)
    anchor = native_anchor(plugin.name)
    return NativeCall(anchor, plugin.name, lines, "", "", None, 0, (kernel,), (), "", ())


def _native(
    name: str, lines: tuple[int, ...], operator: Operator | None, distribution: Distribution | None
) -> NativeCall:
    if operator is None:
        return NativeCall(native_anchor(name), name, lines, "", "", None, 0, (), (), "", ())
    keys: dict[str, list[str]] = {}  # by C++ function: torch lists up to twenty keys for one
    for key, function in sorted(operator.dispatch.items(), key=_key_order):
        keys.setdefault(function, []).append(key)
    kernels = [
        _kernel(function, tuple(its), operator, distribution) for function, its in keys.items()
    ]
    main = [kernel for kernel in kernels if _is_main(kernel.keys[0])] or kernels
    return NativeCall(
        anchor=native_anchor(name),
        name=name,
        lines=lines,
        operator=operator.name,
        schema=operator.schema,
        declared=(
            permalink(distribution, operator.path, operator.line, operator.line)
            if operator.path
            else None
        ),
        overloads=operator.overloads,
        kernels=tuple(main),
        others=tuple(kernel for kernel in kernels if kernel not in main),
        derivative=operator.derivative.value,
        backward=tuple(
            _kernel(function, (), operator, distribution) for function in operator.backward
        ),
    )


def _key_order(item: tuple[str, str]) -> tuple[int, str]:
    key = item[0]
    return (_MAIN_KEYS.index(key) if key in _MAIN_KEYS else len(_MAIN_KEYS), key)


def _is_main(key: str) -> bool:
    return key in _MAIN_KEYS


def _kernel(
    function: str, keys: tuple[str, ...], operator: Operator, distribution: Distribution | None
) -> Kernel:
    path = operator.files.get(function, "")
    generated = function in operator.generated
    repository = web(distribution.repository if distribution else None)
    if distribution is None or repository is None:
        return Kernel(function, keys, path, None, generated)
    repository = repository.rstrip("/").removesuffix(".git")
    if path and distribution.revision:
        href = f"{repository}/blob/{distribution.revision}/{path}"
        return Kernel(function, keys, path, href, generated)
    owner = repository.removeprefix(_GITHUB)
    href = f"{_GITHUB}search?type=code&q=repo:{owner}+{function}"
    return Kernel(function, keys, path, href if owner != repository else None)
