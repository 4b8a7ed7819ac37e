"""A recorded network shown: what TensorRT sees of a framework's code.

Layers by the module that they belong to, which is what stands before the last `/` in their names,
and calls by the line that made them. As data, and as a text that is the same for the same network.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from srcread.lab.tensorrt.api.calls import CodePlace
from srcread.lab.tensorrt.api.data import StandInError
from srcread.lab.tensorrt.api.kinds import IPluginV2Layer
from srcread.lab.tensorrt.api.layers import ILayer, ITensor
from srcread.lab.tensorrt.api.network import INetworkDefinition

_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class ModuleLayers:
    """The layers of one module of a framework, in the order of their making, by number."""

    module: str
    numbers: tuple[int, ...]
    kinds: tuple[tuple[str, int], ...]
    """How many layers of each kind; a plugin's kind is `PLUGIN_V2` and its type."""


@dataclass(frozen=True, slots=True)
class CodeCalls:
    """The calls that a line led to: those it made itself, and those made further down from it."""

    place: CodePlace
    made: tuple[tuple[str, int], ...]
    led_to: tuple[tuple[str, int], ...]


def layers_by_module(network: INetworkDefinition) -> tuple[ModuleLayers, ...]:
    """Return the layers by module, modules sorted with numbers as numbers."""
    modules: dict[str, list[int]] = {}
    for number, layer in enumerate(network.layers):
        modules.setdefault(layer.name.rpartition("/")[0], []).append(number)
    return tuple(
        ModuleLayers(name, tuple(numbers), _counted(kind_of(network.layers[n]) for n in numbers))
        for name, numbers in sorted(modules.items(), key=lambda item: _natural(item[0]))
    )


def calls_by_line(network: INetworkDefinition, package: str = "") -> tuple[CodeCalls, ...]:
    """Return for each line of a package the calls that it led to, lines sorted by name.

    A line that is on a path twice, as one of a function that calls itself, counts once.
    """
    made: dict[CodePlace, list[str]] = {}
    led_to: dict[CodePlace, list[str]] = {}
    for call in network.calls:
        path = call.below(package)
        for place in dict.fromkeys(path):
            (made if place == path[0] else led_to).setdefault(place, []).append(call.method)
    return tuple(
        CodeCalls(place, _counted(made.get(place, ())), _counted(led_to.get(place, ())))
        for place in sorted({*made, *led_to})
    )


def kind_of(layer: ILayer) -> str:
    """Return what kind of layer it is, a plugin's type included."""
    plugin = f" {layer.plugin.plugin_type}" if isinstance(layer, IPluginV2Layer) else ""
    return f"{layer.kind.name}{plugin}"


def outline(network: INetworkDefinition, package: str = "") -> str:
    """Return a network as a text: inputs, outputs, layers by module, calls by line of a package."""
    return "\n".join(_lines(network, package)) + "\n"


def _lines(network: INetworkDefinition, package: str) -> Iterator[str]:
    yield (
        f"network: {network.num_layers} layers, {network.num_inputs} inputs, "
        f"{network.num_outputs} outputs"
    )
    for title, tensors in (("inputs", network.inputs), ("outputs", network.outputs)):
        yield title
        yield from (f"  {_described(tensor)}" for tensor in tensors)
    yield "layers by module"
    for module in layers_by_module(network):
        yield f"  {module.module or '(no module)'}: {len(module.numbers)}"
        yield f"    {_said(module.kinds)}"
    yield "calls by line"
    for line in calls_by_line(network, package):
        if line.made:
            yield f"  {line.place}: {_said(line.made)}"


def _described(tensor: ITensor) -> str:
    try:
        return f"{tensor.name} {tensor.dtype.name} {tuple(tensor.shape)}"
    except StandInError as error:
        return f"{tensor.name}: {error}"


def _counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(names).items()))


def _said(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(name if count == 1 else f"{name} x{count}" for name, count in counts)


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts `layers/2` before `layers/10`."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in _NUMBER.split(name)]
