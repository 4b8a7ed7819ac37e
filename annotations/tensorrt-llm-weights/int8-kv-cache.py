"""Ask the converter for an int8 KV cache by each of its three ways."""

import os
import struct
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock, patch

import safetensors.torch
import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

tree, old_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
sys.path.insert(0, str(tree))
os.environ["TLLM_LOG_LEVEL"] = "error"  # no word about packages that only measure
torch.manual_seed(0)

hidden = 8
linear = {
    "self_attention.query_key_value": (3 * hidden, hidden),
    "self_attention.dense": (hidden, hidden),
    "mlp.dense_h_to_4h": (4 * hidden, hidden),
    "mlp.dense_4h_to_h": (hidden, 4 * hidden),
}
norms = {"input_layernorm": (hidden,), "post_attention_layernorm": (hidden,)}
shapes = {f"transformer.h.0.{name}": shape for name, shape in (linear | norms).items()}
shapes |= {"transformer.word_embeddings_layernorm": (hidden,), "transformer.ln_f": (hidden,)}
parameters = {"transformer.word_embeddings.weight": torch.randn(16, hidden)}
for name, shape in shapes.items():
    parameters |= {f"{name}.weight": torch.randn(shape), f"{name}.bias": torch.randn(shape[0])}
config = SimpleNamespace(n_head=2, hidden_size=hidden, num_hidden_layers=1)
heads = SimpleNamespace(num_heads=2, embed_dim=hidden)  # where 0.5.0 looks for both
bloom = SimpleNamespace(config=config, named_parameters=parameters.items, transformer=heads)

# What a calibration would have found: the largest inputs, outputs and weights of each layer.
found = {
    f"transformer.h.0.{name}": {
        "x": torch.rand(inputs),
        "y": torch.rand(outputs) * 10,
        "w": parameters[f"transformer.h.0.{name}.weight"].abs().amax(1),
    }
    for name, (outputs, inputs) in linear.items()
}
fused = "transformer.h.0.self_attention.query_key_value"
calibrated = {
    "use_smooth_quant": 0.5,
    "smooth_act_range": found,
    "bloom_qkv_param": {fused: parameters[f"{fused}.weight"]},
    "smoother": {name: torch.ones(shape[1]) for name, shape in shapes.items() if len(shape) == 2},
}

# An operator of the quantiser's name, so that weight-only conversion gets past its call.
operator = "symmetric_quantize_last_axis_of_batched_matrix"
operators = torch.library.Library("fastertransformer", "DEF")
operators.define(f"{operator}(Tensor weight, ScalarType quant_type) -> Tensor[]")
operators.impl(operator, lambda weight, quant_type: [weight.char(), weight[0].clone()], "CPU")

scales = [
    f"transformer.layers.0.attention.{name}"
    for name in ("kv_orig_quant_scale", "kv_quant_orig_scale")
]
script, old_script = "examples/bloom/convert_checkpoint.py", "examples/bloom/hf_bloom_convert.py"
old = extract(
    old_tree,
    f"{old_script}:ProgArgs",
    f"{old_script}:hf_bloom_converter",
    given={
        "BloomForCausalLM": SimpleNamespace(from_pretrained=lambda *place, **settings: bloom),
        "BloomTokenizerFast": MagicMock(),
        "capture_activation_range": lambda model, tokenizer, dataset: found,
    },
)


def scales_before(*options):
    """Return the scales of outputs that 0.5.0's converter writes, by their files."""
    with tempfile.TemporaryDirectory() as folder, patch.dict(sys.modules, datasets=MagicMock()):
        common = "--in-file=bloom", f"--out-dir={folder}", "--processes=1"
        old["hf_bloom_converter"](old["ProgArgs"].parse([*common, *options]))
        files = sorted(Path(folder).rglob("*.scale_y_quant_orig.bin"))
        return {file.name: struct.unpack("f", file.read_bytes())[0] for file in files}


with standing_in(), tempfile.TemporaryDirectory() as folder:
    from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig
    from tensorrt_llm.quantization.quantize import quantize_kv_cache

    taken = extract(
        tree,
        f"{script}:convert_hf_bloom",
        f"{script}:convert_from_hf_checkpoint",
        f"{script}:do_convert_from_ckpt",
        given={"BloomConfig": SimpleNamespace(from_pretrained=lambda folder: config)},
        imported=("tensorrt_llm",),
    )
    convert, from_files = taken["convert_hf_bloom"], taken["convert_from_hf_checkpoint"]

    smooth = convert(bloom, int8_kv_cache=True, **calibrated)
    written = [smooth[name].item() for name in scales if name in smooth]
    largest = found[fused]["y"].max().item()
    print("scales after calibration:", written)
    by_hand = [127 / largest, largest / 127]
    assert [f"{scale:.4g}" for scale in written] == [f"{scale:.4g}" for scale in by_hand], (
        "With SmoothQuant two scales are written, from the largest output of the fused projection."
    )

    before = scales_before(), scales_before("--calibrate-kv-cache")
    print("scales of 0.5.0:", *before)
    assert [list(each.values()) for each in before] == [[], written[1:]], (
        "With --calibrate-kv-cache 0.5.0's converter writes the same scale, without SmoothQuant."
    )

    failures = []
    for use_weight_only in (False, True):
        try:
            convert(bloom, int8_kv_cache=True, use_weight_only=use_weight_only)
        except UnboundLocalError as error:
            failures.append(str(error))
    print("weight-only:", failures[-1:])
    assert ["int8_weights" in failure for failure in failures] == [True, True], (
        "With weight-only quantisation, or none, the same function reads a variable it never set."
    )

    arguments = SimpleNamespace(
        model_dir=Path(folder), smoothquant=None, use_weight_only=False, int8_kv_cache=True
    )
    safetensors.torch.save_file(parameters, Path(folder) / "model.safetensors")
    stored = from_files(folder, int8_kv_cache=True)
    told = {
        "architecture": "BloomForCausalLM",
        "dtype": "float32",
        "vocab_size": 16,
        "hidden_size": hidden,
        "intermediate_size": 4 * hidden,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "hidden_act": "gelu",
        "position_embedding_type": "alibi",
        "mapping": {"world_size": 1, "tp_size": 1},
        "use_parallel_embedding": False,
        "embedding_sharding_dim": 0,
        "share_embedding_table": False,
    }
    missing = {}
    for is_int8 in (False, True):
        asked = told | {"quantization": {"int8_kv_cache": is_int8}}
        model = BloomForCausalLM(PretrainedConfig.from_dict(asked))
        asked_for = dict(model.named_parameters())
        missing[is_int8] = sorted(asked_for.keys() - stored.keys())
    print("asked for by the model and not in the checkpoint:", missing[True])
    assert taken["do_convert_from_ckpt"](arguments), (
        "Without either quantisation the model is converted file by file, whatever the cache."
    )
    assert missing == {False: [], True: sorted(scales)}, (
        "File by file no scales are written, so the model keeps random ones."
    )

    quantize_kv_cache(model, model.config.quant_mode)
    now = dict(model.named_parameters())
    changed = {name: now[name].raw_value.shape for name in now if now[name] is not asked_for[name]}
    assert changed == dict.fromkeys(scales, (1,)), (
        "These lines make both scales, one number each, even where a layer has them already."
    )
