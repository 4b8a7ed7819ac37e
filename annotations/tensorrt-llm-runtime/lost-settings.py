"""Write settings into a new engine's config.json, and look for them in the session's."""

import json
import os
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "internal_error"

import torch

from srcread.lab import replace, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
if not torch.cuda.is_available():
    replace(torch.cuda, set_device=lambda index: None)


class Session:
    """A session that keeps what it is given."""

    use_lora_plugin = False

    def __init__(self, model_config, engine_buffer, mapping, debug_mode=False):
        self.config = model_config


class Runtime:
    """An engine's runtime that knows only the names of the engine's tensors."""

    runtime_rank = 0

    def __init__(self, names, mapping):
        self.engine = SimpleNamespace(
            num_io_tensors=len(names),
            get_tensor_name=lambda number: names[number],
            get_tensor_dtype=lambda name: generation.trt.float32,
        )


def engine_config(quantised=True):
    """Return a configuration as trtllm-build writes it, with every setting switched on."""
    of_model = {"architecture": "BloomForCausalLM", "dtype": "float16", "vocab_size": 100}
    of_model |= {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 4}
    of_model |= {"hidden_act": "gelu", "position_embedding_type": "alibi"}
    of_model |= {"use_parallel_embedding": False, "embedding_sharding_dim": 0}
    of_model |= {"share_embedding_table": False}
    of_model["quantization"] = {"int8_kv_cache": quantised}
    of_model["mapping"] = {"world_size": 1, "tp_size": 1, "pp_size": 1}
    build = {"max_input_len": 5, "max_output_len": 7, "max_batch_size": 8, "max_beam_width": 1}
    build |= {"max_num_tokens": None, "max_prompt_embedding_table_size": 20}
    build |= {"gather_all_token_logits": True}
    build["plugin_config"] = {"use_custom_all_reduce": True, "paged_kv_cache": True}
    build["plugin_config"]["remove_input_padding"] = True
    build["plugin_config"]["tokens_per_block"] = 32
    return {"version": "0.7.1", "pretrained_config": of_model, "build_config": build}


def old_config():
    """Return a configuration of the old format with the same three settings."""
    build = {"name": "gpt", "precision": "float16", "tensor_parallel": 1, "num_heads": 4}
    build |= {"hidden_size": 16, "vocab_size": 100, "num_layers": 1}
    build |= {"max_input_len": 5, "max_output_len": 7, "max_batch_size": 8, "max_beam_width": 1}
    build |= {"max_prompt_embedding_table_size": 20, "gather_all_token_logits": True}
    plugins = {"gpt_attention_plugin": False, "remove_input_padding": True}
    plugins |= {"paged_kv_cache": True, "tokens_per_block": 32, "use_custom_all_reduce": True}
    return {"builder_config": build, "plugin_config": plugins}


def settings_of(config, engine):
    """Load a folder with this configuration; return what the session is told."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(json.dumps(config))
        (Path(folder) / engine).touch()
        return vars(model_runner.ModelRunner.from_dir(folder).session.config)


def refusal(names):
    """Return why a session with default settings refuses an engine with these tensors."""
    plain = {"vocab_size": 100, "num_layers": 1, "num_heads": 4, "num_kv_heads": 4}
    config = generation.ModelConfig(
        **plain, hidden_size=16, gpt_attention_plugin=False, dtype="float16"
    )
    try:
        generation.GenerationSession(config, names, Mapping())
    except RuntimeError as error:
        return str(error)
    return "none"


if not torch.cuda.is_available():
    stream = SimpleNamespace(cuda_stream=0)
    replace(torch.cuda, Stream=lambda device: stream, set_stream=lambda stream: None)
torch.classes.FasterTransformer = SimpleNamespace(DynamicDecodeOp=lambda *arguments: None)
torch.ops.tensorrt_llm.gather_tree = None
with standing_in():
    from tensorrt_llm.builder import BuildConfig, build_shard_model
    from tensorrt_llm.mapping import Mapping
    from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig
    from tensorrt_llm.quantization import QuantMode
    from tensorrt_llm.runtime import generation, model_runner

    replace(generation, _Runtime=Runtime)
    replace(model_runner, GenerationSession=Session)
    told = settings_of(engine_config(), "rank0.engine")
    told_by_old = settings_of(old_config(), "gpt_float16_tp1_rank0.engine")
    int8_cache = QuantMode.INT8_KV_CACHE
    names = "input_ids position_ids last_token_ids cache_indirection attention_mask logits"
    names = [*names.split(), "past_key_value_0", "present_key_value_0"]
    without = [name for name in names if name != "last_token_ids"]
    refusals = {
        "as expected": refusal(names),
        "with a prompt table": refusal([*names, "prompt_embedding_table"]),
        "without last_token_ids": refusal(without),
    }

    settings = engine_config(quantised=False)
    model = BloomForCausalLM.from_config(PretrainedConfig.from_dict(settings["pretrained_config"]))
    settings["build_config"]["plugin_config"] = {}
    build_config = BuildConfig.from_dict(settings["build_config"])
    try:
        build_shard_model(model, build_config)
        build_error = "none"
    except Exception as error:
        build_error = str(error)

arrived = {"vocab_size": 100, "num_layers": 1, "num_heads": 4, "num_kv_heads": 4}
arrived |= {"hidden_size": 16, "gpt_attention_plugin": False, "remove_input_padding": True}
arrived |= {"paged_kv_cache": True, "tokens_per_block": 32, "dtype": "float16"}
arrived |= {"quant_mode": int8_cache}
three = ["gather_all_token_logits", "max_prompt_embedding_table_size", "use_custom_all_reduce"]
lost, kept = ([each[name] for name in three] for each in (told, told_by_old))
print("new format:", dict(zip(three, lost, strict=True)))
print("old format:", dict(zip(three, kept, strict=True)))
assert kept == [True, 20, True], "From a config.json of the old format, it is told all three."
found = {name: told[name] for name in arrived}
assert (found, lost) == (arrived, [False, 0, False]), (
    "Of the settings in a new config.json, eleven reach the session, and three do not."
)
print("refused:", refusals)
assert refusals["as expected"] == "none", (
    "A session accepts an engine whose tensors have the names that its settings ask for."
)
assert refusals["with a prompt table"] == refusals["without last_token_ids"] != "none", (
    "A tensor too many or too few is refused in one and the same words."
)
print("trtllm-build with a prompt table:", build_error)
assert "unexpected keyword argument 'tasks'" in build_error, (
    "With a prompt table, BLOOM cannot even be built: forward() has another name for the tasks."
)
