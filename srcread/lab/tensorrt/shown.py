"""What TensorRT sees of a framework's code, as a note's page shows it: kept with the evidence.

Layers by the module that they belong to, calls by the line that made them. The lines are those of
functions, counted from their first, so that a page can put the calls beside the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from srcread.lab.tensorrt.api.data import StandInError
from srcread.lab.tensorrt.api.network import INetworkDefinition
from srcread.lab.tensorrt.outline import CodeCalls, ModuleLayers, calls_by_line, layers_by_module

MOST_MODULES = 120
MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Shown:
    """One recorded network: its counts, its layers by module, its calls by line of a package."""

    title: str
    layers: int
    inputs: int
    outputs: int
    modules: tuple[ModuleLayers, ...]
    lines: tuple[CodeCalls, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values: modules and lines are rows, kinds and methods with counts."""
        return {
            "title": self.title,
            "layers": self.layers,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "modules": [[one.module, dict(one.kinds)] for one in self.modules],
            "lines": [
                [one.place.name, one.place.offset, dict(one.made), dict(one.led_to)]
                for one in self.lines
            ],
        }


def show(network: INetworkDefinition, title: str, package: str) -> Shown:
    """Take down a network as it is now.

    Raises:
        StandInError: it has too many modules, or lines of the package, to be shown.
    """
    modules, lines = layers_by_module(network), calls_by_line(network, package)
    for count, most, what in (
        (len(modules), MOST_MODULES, "modules"),
        (len(lines), MOST_LINES, f"lines of {package!r}"),
    ):
        if count > most:
            raise StandInError(f"{title!r} has {count} {what}; at most {most} can be shown.")
    counts = network.num_layers, network.num_inputs, network.num_outputs
    return Shown(title, *counts, modules, lines)
