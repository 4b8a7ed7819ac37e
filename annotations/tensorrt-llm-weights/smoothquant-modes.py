"""Convert a small BLOOM by SmoothQuant in each of its four modes, for one GPU and for two."""

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from itertools import product
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
os.environ["TLLM_LOG_LEVEL"] = "error"  # no word about packages that only measure
torch.manual_seed(0)

hidden, vocabulary = 8, 16
linear = {
    "self_attention.query_key_value": (3 * hidden, hidden),
    "self_attention.dense": (hidden, hidden),
    "mlp.dense_h_to_4h": (4 * hidden, hidden),
    "mlp.dense_4h_to_h": (hidden, 4 * hidden),
}
norms = {"input_layernorm": (hidden,), "post_attention_layernorm": (hidden,)}
shapes = {f"transformer.h.0.{name}": shape for name, shape in (linear | norms).items()}
shapes |= {"transformer.word_embeddings_layernorm": (hidden,), "transformer.ln_f": (hidden,)}
parameters = {"transformer.word_embeddings.weight": torch.randn(vocabulary, hidden)}
for name, shape in shapes.items():
    parameters |= {f"{name}.weight": torch.randn(shape), f"{name}.bias": torch.randn(shape[0])}
config = SimpleNamespace(n_head=2, hidden_size=hidden, num_hidden_layers=1, vocab_size=vocabulary)
bloom = SimpleNamespace(config=config, named_parameters=parameters.items)

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
MODES = list(product((False, True), repeat=2))  # per_token, per_channel

with standing_in():
    from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig

    script = "examples/bloom/convert_checkpoint.py"
    wanted = "convert_hf_bloom", "get_tllm_linear_sq_weight", "generate_int8", "parse_arguments"
    taken = extract(tree, *(f"{script}:{name}" for name in wanted), imported=("tensorrt_llm",))

    def convert(ranks, rank, per_token, per_channel):
        """Return what a rank gets in a mode, or the words of the error."""
        flags = {"per_token": per_token, "per_channel": per_channel}
        try:
            with redirect_stdout(io.StringIO()):  # it prints how long it took
                return taken["convert_hf_bloom"](
                    bloom, rank=rank, tensor_parallel=ranks, **flags, **calibrated
                )
        except ValueError as error:
            return f"ValueError: {error}"

    one = {mode: convert(1, 0, *mode) for mode in MODES}
    two = {mode: [convert(2, rank, *mode) for rank in range(2)] for mode in MODES}
    print("per_token, per_channel:")
    for mode in MODES:
        got = [each if isinstance(each, str) else "converts" for each in (one[mode], *two[mode])]
        print(" ", *mode, "| one GPU:", got[0], "| two GPUs:", got[1])
    converts = {mode: isinstance(one[mode], dict) for mode in MODES}
    assert converts == {mode: mode[0] == mode[1] for mode in MODES}, (
        "On one GPU both flags convert, or neither; one flag alone raises a ValueError."
    )
    on_each = {mode: [isinstance(part, dict) for part in two[mode]] for mode in MODES}
    assert on_each == {mode: [mode == (True, True)] * 2 for mode in MODES}, (
        "On two GPUs both flags convert, and all other modes raise a ValueError."
    )

    dense = taken["generate_int8"](
        parameters["transformer.h.0.self_attention.dense.weight"].T,
        found["transformer.h.0.self_attention.dense"],
    )
    stored = {}
    for mode in ((True, True), (False, False)):
        part = one[mode] if converts[mode] else {}
        stored[mode] = [
            part.get(f"transformer.layers.0.attention.dense.{name}", torch.empty(0, 0)).T.numpy()
            for name in ("weight", "per_channel_scale")
        ]
    differing = int((dense["weight.int8.col"] != dense["weight.int8"]).sum())
    print("int8 values in which the two modes differ:", differing)
    assert np.array_equal(stored[True, True][0], dense["weight.int8.col"]) and np.array_equal(
        stored[False, False][0], dense["weight.int8"]
    ), "With per_token the values have a scale for each output, without it a single one."
    assert np.array_equal(
        stored[True, True][1].ravel(), dense["scale_w_quant_orig.col"]
    ) and np.array_equal(stored[False, False][1].ravel(), [dense["scale_y_accum_quant"]]), (
        "The scales are the weight's with per_token, and without it that of the sums."
    )

    qkv = taken["generate_int8"](
        parameters[f"{fused}.weight"].T.reshape(hidden, 3, hidden), found[fused], is_qkv=True
    )
    prefix = "transformer.layers.0."
    names = f"{prefix}input_layernorm.scale_to_int", f"{prefix}attention.qkv.act_scale"
    kept = [
        [one[mode][name].item() if name in one[mode] else None for name in names]
        for mode in ((True, True), (False, False))
        if converts[mode]
    ]
    print("scale of the inputs of q, k and v, and of their outputs:", kept)
    assert kept == [[1, None], [qkv["scale_x_orig_quant"], qkv["scale_y_quant_orig"]]], (
        "With per_token the scale of the inputs is 1 and that of the outputs is not stored; "
        "without it both are those of the calibration."
    )
    made = {}
    for mode in ((True, False), (False, True)):
        per_token, per_channel = mode
        made[mode] = taken["get_tllm_linear_sq_weight"](
            qkv,
            "qkv.",
            [1, 3 * hidden],
            1,
            is_qkv=True,
            per_token=per_token,
            per_channel=per_channel,
            last_prefix="scale",
            cat_dim=-1,
        )["qkv.per_channel_scale"].shape
    refused = one[True, False], one[False, True]
    assert ([tuple(shape) for shape in made.values()], refused) == (
        [(1, 24), (1, 24)],
        (
            "ValueError: cannot reshape array of size 8 into shape (1,1)",
            "ValueError: cannot reshape array of size 1 into shape (1,8)",
        ),
    ), "With one flag alone q, k and v convert, and the next layer cannot reshape its scales."
    assert (
        two[False, False] == ["ValueError: cannot reshape array of size 24 into shape (1,12)"] * 2
    ), "On two GPUs 24 scales of q, k and v are to become the 12 of a rank."

    told = {
        "architecture": "BloomForCausalLM",
        "dtype": "float32",
        "vocab_size": vocabulary,
        "hidden_size": hidden,
        "intermediate_size": 4 * hidden,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "hidden_act": "gelu",
        "position_embedding_type": "alibi",
        "use_parallel_embedding": False,
        "embedding_sharding_dim": 0,
        "share_embedding_table": False,
    }
    unlike = []
    parts = [(2, rank, (True, True), part) for rank, part in enumerate(two[True, True])]
    for ranks, rank, mode, part in [(1, 0, (False, False), one[False, False]), *parts]:
        flags = {"use_smooth_quant": True, "per_token": mode[0], "per_channel": mode[1]}
        asked = told | {"mapping": {"world_size": ranks, "tp_size": ranks}, "quantization": flags}
        model_config = PretrainedConfig.from_dict(asked)
        model_config.set_rank(rank)
        parameters_of_rank = BloomForCausalLM(model_config).named_parameters()
        kinds = {name: value.raw_value for name, value in parameters_of_rank}
        kinds = {name: (value.shape, value.dtype.name) for name, value in kinds.items()}
        got = {
            name: (tuple(value.shape), str(value.dtype).removeprefix("torch."))
            for name, value in (part if isinstance(part, dict) else {}).items()
            if isinstance(value, torch.Tensor)
        }
        print(f"rank {rank} of {ranks}: {len(got)} tensors, {len(kinds)} parameters")
        unlike += sorted(kinds.items() ^ got.items())
    assert unlike == [], (
        "What converts has the names, shapes and types of the quantised model, on each rank."
    )

    ends = []
    for options in (["--tensor-parallelism", "2"], ["--world_size", "2"], []):
        with patch("sys.argv", ["convert_checkpoint.py", *options]):
            try:
                with redirect_stderr(io.StringIO()) as told_by_argparse:
                    ends.append(getattr(taken["parse_arguments"](), "world_size", None))
            except SystemExit:
                ends.append(told_by_argparse.getvalue().strip().rpartition("error: ")[2])
    print("the options end in:", *ends)
    assert ends == ["unrecognized arguments: --tensor-parallelism 2", 2, 1], (
        "The script refuses --tensor-parallelism, and takes --world_size."
    )
