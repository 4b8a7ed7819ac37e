"""What a snippet calls: it puts a stand-in for `tensorrt` in the place of the module.

    with standing_in(dimensions={"batch_size": (2, 3)}) as stand_in:
        import tensorrt_llm
        ...
        logits = stand_in.evaluate({"input_ids": ids})["logits"]

It stays until the block ends: then the modules that the block imported from the framework are
forgotten, for what they hold of the stand-in would serve nobody, and a real TensorRT is put back.
`install` is the same without an end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import torch

from srcread.lab import told
from srcread.lab.tensorrt.api import builder, data, enumerations, kinds, layers, network, plugins
from srcread.lab.tensorrt.api.data import StandInError
from srcread.lab.tensorrt.api.enumerations import DataType, Enumeration, InterpolationMode
from srcread.lab.tensorrt.api.network import INetworkDefinition
from srcread.lab.tensorrt.companions import companions, replaced
from srcread.lab.tensorrt.evaluation.inference import Pair, TwoBindings
from srcread.lab.tensorrt.evaluation.plugins import References
from srcread.lab.tensorrt.evaluation.run import evaluate
from srcread.lab.tensorrt.outline import outline
from srcread.lab.tensorrt.shown import Shown, show

_SHORT_NAMES = {
    "float32": DataType.FLOAT,
    "float16": DataType.HALF,
    "int8": DataType.INT8,
    "int32": DataType.INT32,
    "bool": DataType.BOOL,
    "uint8": DataType.UINT8,
    "fp8": DataType.FP8,
    "bfloat16": DataType.BF16,
    "int64": DataType.INT64,
}
_INSTALLED: list[AbstractContextManager[StandIn]] = []


@dataclass(slots=True)
class StandIn:
    """What was recorded while the stand-in stood: `networks`, in the order of their making.

    `references` compute plugins; `stood_in_for` tells in words what besides `tensorrt` was none.
    """

    version: str
    dimensions: Mapping[str, tuple[int, int]]
    inputs: Mapping[str, Pair]
    references: References
    device: str
    stood_in_for: tuple[str, ...] = ()
    networks: list[INetworkDefinition] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    _referenced: set[str] = field(default_factory=set)

    @property
    def network(self) -> INetworkDefinition:
        """The network made last.

        Raises:
            StandInError: none was made.
        """
        if not self.networks:
            raise StandInError("No network was made: let the framework build one first.")
        return self.networks[-1]

    def evaluate(self, inputs: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Run the network made last on inputs by name; see `evaluation.run.evaluate`."""
        self._referenced.update(self.referenced())
        return evaluate(self.network, inputs, references=self.references, device=self.device)

    def show(self, title: str, package: str = "tensorrt_llm") -> Shown:
        """Show the network made last on the note's page: what TensorRT sees of a package's code.

        `title` says of what, in a few words. It is recorded when the run is over.

        Raises:
            StandInError: none was made, or it has too many modules or lines to be shown.
        """
        self.shown.append(show(self.network, title, package))
        return self.shown[-1]

    def referenced(self) -> tuple[str, ...]:
        """Return the plugins of the network made last whose numbers come from a reference.

        Evidence names these: the numbers are the reference's, and prove nothing about the kernel.
        """
        return tuple(
            sorted(
                f"{name}: {reference.__module__}.{reference.__qualname__}"
                for name, reference in self.references.items()
                if any(_is_plugin(layer, name) for layer in self.network.layers)
            )
        )

    def account(self) -> dict[str, Any]:
        """Return what evidence must say of this stand-in, as JSON values."""
        return {
            "stood_in": [f"tensorrt {self.version}", *self.stood_in_for],
            "references": sorted(self._referenced),
            "networks": [one.as_json() for one in self.shown],
        }

    def make_network(self, flags: int) -> INetworkDefinition:
        """Return an empty network that is recorded here."""
        inference = TwoBindings(self.dimensions, self.inputs, self.references, self.device)
        self.networks.append(INetworkDefinition(flags, inference))
        return self.networks[-1]


@contextmanager
def standing_in(
    *,
    framework: str = "tensorrt_llm",
    version: str = "9.2.0",
    dimensions: Mapping[str, tuple[int, int]] | None = None,
    inputs: Mapping[str, Pair] | None = None,
    references: References | None = None,
    device: str = "cpu",
) -> Iterator[StandIn]:
    """Let `import tensorrt` find the stand-in, and a framework what it loads beside it.

    Shapes are inferred from two runs: `dimensions` gives each named dimension two sizes, `inputs`
    gives an input two whole tensors where its values matter, as those of indices do. `references`
    compute plugins, by plugin type. `version` is what `tensorrt.__version__` says.
    """
    stand_in = StandIn(version, dimensions or {}, inputs or {}, references or {}, device)
    told.stand_ins.append(stand_in.account)
    before = {name for name in sys.modules if _belongs(name, framework)}
    with (
        replaced(sys.modules, {"tensorrt": tensorrt_module(stand_in)}),
        companions(framework) as stood_in_for,
    ):
        stand_in.stood_in_for = stood_in_for
        try:
            yield stand_in
        finally:
            for name in [name for name in sys.modules if _belongs(name, framework)]:
                if name not in before:
                    del sys.modules[name]


def install(**arguments: Any) -> StandIn:
    """Put the stand-in into place until the process ends; the arguments are `standing_in`'s."""
    block = standing_in(**arguments)
    _INSTALLED.append(block)  # a block that nobody holds would end at once
    return block.__enter__()


def tensorrt_module(stand_in: StandIn) -> ModuleType:
    """Return a module with TensorRT's names whose builders record into a stand-in."""
    module = ModuleType("tensorrt", "A stand-in that records networks.")
    names = vars(module)
    for source in (enumerations, data, layers, kinds, plugins, network, builder):
        names.update(
            {name: item for name, item in vars(source).items() if _is_public(item, source)}
        )
    for name in kinds.UNSUPPORTED:
        names[name] = type(name, (layers.ILayer,), {"__doc__": "A layer that cannot be made."})
    names.update(_SHORT_NAMES)
    registry = plugins.IPluginRegistry()
    names.update(
        __version__=stand_in.version,
        ResizeMode=InterpolationMode,  # its name before TensorRT 8.5
        Builder=_builder_of(stand_in),
        get_plugin_registry=lambda: registry,
        tensorrt=module,
    )
    return module


def _builder_of(stand_in: StandIn) -> type[builder.Builder]:
    recorders = {
        "make_network": staticmethod(stand_in.make_network),
        "describe": staticmethod(outline),
    }
    return type("Builder", (builder.Builder,), recorders)


def _is_public(item: object, source: ModuleType) -> bool:
    return (
        isinstance(item, type)
        and item.__module__ == source.__name__
        and not item.__name__.startswith("_")
        and item not in (Enumeration, StandInError)
    )


def _is_plugin(layer: layers.ILayer, plugin_type: str) -> bool:
    return isinstance(layer, kinds.IPluginV2Layer) and layer.plugin.plugin_type == plugin_type


def _belongs(name: str, framework: str) -> bool:
    return name == framework or name.startswith(f"{framework}.")
