"""What comes out of a plugin: shapes and types where they are known, values only by a reference.

A plugin is a compiled kernel, and nothing here computes what it would. To record a network beyond
a plugin its outputs' shapes and types are enough; for the plugins of TensorRT-LLM they are stated
below, after `getOutputDimensions` and `getOutputDataType` in its `cpp/tensorrt_llm/plugins`. A
reference is a function that a snippet gives, `(fields, *inputs) -> output or outputs`: its numbers
are its author's, and prove nothing about the kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from srcread.lab.tensorrt.api.data import TO_TORCH, StandInError
from srcread.lab.tensorrt.api.enumerations import DataType
from srcread.lab.tensorrt.api.kinds import IPluginV2Layer
from srcread.lab.tensorrt.api.plugins import Fields

References = Mapping[str, Callable[..., Any]]
Tensors = Sequence[torch.Tensor]
_Rule = Callable[[Fields, Tensors], list[torch.Tensor]]


def refer(layer: IPluginV2Layer, tensors: Tensors, references: References) -> Tensors:
    """Return the outputs that a plugin's reference computes.

    Raises:
        StandInError: there is no reference, or it gives another number of outputs.
    """
    plugin = layer.plugin
    if plugin.plugin_type not in references:
        raise StandInError(
            f"{layer.described()}: the plugin {plugin.plugin_type!r} is a compiled kernel, which "
            f"the stand-in does not evaluate. Give a reference: references="
            f"{{{plugin.plugin_type!r}: function}}; the evidence then names it."
        )
    result = references[plugin.plugin_type](plugin.fields, *tensors)
    outputs = [result] if isinstance(result, torch.Tensor) else list(result)
    if len(outputs) != plugin.num_outputs:
        raise StandInError(
            f"{layer.described()}: the reference for {plugin.plugin_type!r} gives {len(outputs)} "
            f"outputs, and the plugin has {plugin.num_outputs}."
        )
    return outputs


def placeholders(layer: IPluginV2Layer, tensors: Tensors) -> Tensors:
    """Return zeros in the shapes and types of a plugin's outputs.

    Raises:
        StandInError: they are not known.
    """
    plugin = layer.plugin
    if plugin.plugin_type not in _RULES:
        raise StandInError(
            f"{layer.described()}: the stand-in does not know what shape the plugin "
            f"{plugin.plugin_type!r} gives. Give a reference: references="
            f"{{{plugin.plugin_type!r}: function}}."
        )
    return _RULES[plugin.plugin_type](plugin.fields, tensors)


def _same(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    return [torch.zeros_like(tensors[0])]


def _gemm(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    left, right = (list(tensor.shape) for tensor in tensors[:2])
    left = left[1:] if fields["transa"][0] else left[:-1]
    right = right[:-1] if fields["transb"][0] else right[1:]
    return [tensors[0].new_zeros(left + right)]


def _lookup(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    indices, weight = tensors[:2]
    return [weight.new_zeros(*indices.shape, weight.shape[-1])]


def _gpt_attention(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    """Follow the queries; the cache, where it is an input, has five dimensions."""
    size = int(fields["num_heads"][0] * fields["head_size"][0])
    outputs = [tensors[0].new_zeros(*tensors[0].shape[:-1], size)]
    paged, cached = fields.get("paged_kv_cache", (0,))[0], fields.get("use_cache", (1,))[0]
    if cached and not paged:
        outputs.append(next(torch.zeros_like(tensor) for tensor in tensors if tensor.dim() == 5))
    return outputs


def _bert_attention(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    return [tensors[0].new_zeros(*tensors[0].shape[:-1], tensors[0].shape[-1] // 3)]


def _weight_only(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    """Follow the packed weight: two INT4 lie in one element, and `weight_type_id` 2 says INT4."""
    packed = 2 if fields["weight_type_id"][0] == 2 else 1
    size = tensors[1].shape[1] * packed
    return [_typed(fields, tensors[0], size)]


def _weight_only_groupwise(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    """Follow the packed weight, input 2 where scales for the input come before it."""
    before = int(fields["quant_algo"][0]) >> 2 & 1
    return [_typed(fields, tensors[0], tensors[1 + before].shape[1] * 2)]


def _smooth_quant_gemm(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    return [_typed(fields, tensors[0], tensors[1].shape[0])]


def _quantized(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    return [torch.zeros_like(tensors[0], dtype=torch.int8)]


def _quantized_with_scales(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    scales = tensors[0].new_zeros(*tensors[0].shape[:-1], 1, dtype=torch.float32)
    return [*_quantized(fields, tensors), scales]


def _normalized_and_quantized(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    if fields["dyn_act_scaling"][0]:
        return _quantized_with_scales(fields, tensors)
    return _quantized(fields, tensors)


def _all_gather(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    first, *rest = tensors[0].shape
    return [tensors[0].new_zeros(first * len(fields["group"]), *rest)]


def _lora(fields: Fields, tensors: Tensors) -> list[torch.Tensor]:
    shape = list(tensors[0].shape)
    kept = shape[1:] if fields["transa"][0] else shape[:-1]
    sizes = [
        int(fields[f"out_hidden_size_{i}"][0]) for i in range(int(fields["num_lora_modules"][0]))
    ]
    return [tensors[0].new_zeros(*kept, size) for size in sizes]


def _typed(fields: Fields, x: torch.Tensor, size: int) -> torch.Tensor:
    data_type = DataType(int(fields["type_id"][0]))
    return x.new_zeros(*x.shape[:-1], size, dtype=TO_TORCH[data_type])


_RULES: dict[str, _Rule] = {
    "AllGather": _all_gather,
    "AllReduce": _same,
    "BertAttention": _bert_attention,
    "GPTAttention": _gpt_attention,
    "Gemm": _gemm,
    "Identity": _same,
    "Layernorm": _same,
    "LayernormQuantization": _normalized_and_quantized,
    "Lookup": _lookup,
    "Lora": _lora,
    "MixtureOfExperts": _same,
    "QuantizePerToken": _quantized_with_scales,
    "QuantizeTensor": _quantized,
    "Recv": _same,
    "Rmsnorm": _same,
    "RmsnormQuantization": _normalized_and_quantized,
    "Send": _same,
    "SmoothQuantGemm": _smooth_quant_gemm,
    "WeightOnlyGroupwiseQuantMatmul": _weight_only_groupwise,
    "WeightOnlyQuantMatmul": _weight_only,
}
