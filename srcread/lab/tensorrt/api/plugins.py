"""Plugins: found by name, made of fields, recorded with both.

A plugin is a compiled kernel behind a name, so nothing here knows what it computes. How many
outputs it has is known for those of TensorRT-LLM, from its `cpp/tensorrt_llm/plugins`; any other is
taken to have one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from srcread.lab.tensorrt.api.enumerations import PluginFieldType

Fields = dict[str, tuple[int | float, ...]]


@dataclass(slots=True)
class PluginField:
    """A named setting of a plugin: an array, or anything that can be listed."""

    name: str
    data: Any = None
    type: PluginFieldType = PluginFieldType.UNKNOWN


class PluginFieldCollection(list[PluginField]):
    """The settings that a plugin is made of."""


@dataclass(eq=False, slots=True)
class IPluginV2:
    """A plugin as it was made; `fields` holds its settings as plain numbers."""

    plugin_type: str
    plugin_version: str
    plugin_namespace: str
    name: str
    fields: Fields
    num_outputs: int = field(init=False)

    def __post_init__(self) -> None:
        self.num_outputs = _count_outputs(self.plugin_type, self.fields)


@dataclass(frozen=True, slots=True)
class IPluginCreator:
    """Makes plugins of one type."""

    name: str
    plugin_version: str
    plugin_namespace: str

    def create_plugin(self, name: str, field_collection: Iterable[PluginField]) -> IPluginV2:
        """Return a plugin with these settings."""
        fields = {setting.name: _numbers(setting.data) for setting in field_collection}
        return IPluginV2(self.name, self.plugin_version, self.plugin_namespace, name, fields)


class IPluginRegistry:
    """Finds plugin creators: one for any name, for what exists is not known here."""

    def __init__(self) -> None:
        self._creators: dict[tuple[str, str, str], IPluginCreator] = {}

    @property
    def plugin_creator_list(self) -> list[IPluginCreator]:
        """The creators that were asked for, by name."""
        return [self._creators[key] for key in sorted(self._creators)]

    def get_plugin_creator(
        self, type: str, version: str, plugin_namespace: str = ""
    ) -> IPluginCreator:
        """Return the creator of plugins of a type."""
        key = (type, version, plugin_namespace)
        return self._creators.setdefault(key, IPluginCreator(*key))


def _numbers(data: Any) -> tuple[int | float, ...]:
    if data is None:
        return ()
    listed = data.tolist() if hasattr(data, "tolist") else data
    return tuple(_flat(listed))


def _flat(listed: Any) -> Iterable[int | float]:
    if isinstance(listed, int | float):
        yield listed
    else:
        for item in listed:
            yield from _flat(item)


def _count_outputs(plugin_type: str, fields: Fields) -> int:
    match plugin_type:
        case "GPTAttention":
            paged, cached = fields.get("paged_kv_cache", (0,)), fields.get("use_cache", (1,))
            return 1 if paged[0] or not cached[0] else 2
        case "LayernormQuantization" | "RmsnormQuantization":
            return 1 + int(fields.get("dyn_act_scaling", (0,))[0])
        case "QuantizePerToken":
            return 2
        case "Lora":
            return int(fields.get("num_lora_modules", (1,))[0])
    return 1
