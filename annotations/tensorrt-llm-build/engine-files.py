"""Save and read back what a build gives, in the formats of 0.7.1 and of the older scripts."""

import json
import sys
import tempfile
from pathlib import Path

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import install

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
install()

from tensorrt_llm.builder import (
    BuildConfig,
    Builder,
    Engine,
    build_shard_model,
    get_engine_version,
)
from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig

torch.manual_seed(0)

CONFIG = {
    "architecture": "BloomForCausalLM",
    "dtype": "float16",
    "vocab_size": 64,
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "hidden_act": "gelu",
    "position_embedding_type": "alibi",
    "mapping": {"world_size": 2, "tp_size": 2, "pp_size": 1},
    "use_parallel_embedding": False,
    "embedding_sharding_dim": 0,
    "share_embedding_table": False,
}
SIZES = {"max_input_len": 8, "max_output_len": 8, "max_batch_size": 4, "max_beam_width": 1}
PLUGINS = {"gpt_attention_plugin": "float16", "enable_context_fmha": True}


def build(rank):
    pretrained = PretrainedConfig.from_dict(dict(CONFIG))
    pretrained.set_rank(rank)
    sizes = {**SIZES, "max_num_tokens": None, "plugin_config": dict(PLUGINS)}
    return build_shard_model(BloomForCausalLM.from_config(pretrained), BuildConfig.from_dict(sizes))


def files_in(folder):
    return {path.name: path.stat().st_size for path in sorted(Path(folder).iterdir())}


engines = [build(rank) for rank in range(2)]
written = []
with tempfile.TemporaryDirectory() as folder:
    for engine in reversed(engines):
        engine.save(folder)
        written.append(list(files_in(folder)))
    path = Path(folder, "config.json")
    saved = json.loads(path.read_text() or "{}") if path.exists() else {}
print("after rank 1, then rank 0:", *written)
assert written == [["rank1.engine"], ["config.json", "rank0.engine", "rank1.engine"]], (
    "Each rank writes its engine, and rank 0 alone writes config.json."
)
print("config.json:", {name: type(part).__name__ for name, part in saved.items()})
assert list(saved) == ["version", "pretrained_config", "build_config"], (
    "config.json holds the version, the model's configuration and the build's, plugins included."
)

with tempfile.TemporaryDirectory() as folder:
    for engine in engines:
        engine.save(folder)
    version = get_engine_version(folder)
    again = Engine.from_dir(folder, rank=1)
    Path(folder, "config.json").write_text(json.dumps({**saved, "version": "99.9"}))
    other = Engine.from_dir(folder, rank=1)
before, after = (
    config["build_config"]["plugin_config"]["context_fmha_type"]
    for config in (saved, again.config.to_dict())
)
print("context_fmha_type saved:", before, "- read back:", int(after))
assert (before, int(after)) == (1, 0), (
    "Read back, the plugin settings have lost context FMHA: it is saved under another key."
)
if must_fail("A version that is not the library's own is read without a word."):
    other = again
print("version read:", other.config.version)
assert other.config.version == "99.9", (
    "A version that is not the library's own is read without a word."
)

failed = Engine(engines[0].config, None)  # what build_engine gives where TensorRT fails
problem = ""
with tempfile.TemporaryDirectory() as folder:
    try:
        failed.save(folder)
    except TypeError as error:
        problem = str(error)
    left = files_in(folder)
print("of a failed build:", left, "and", problem)
assert problem and left["rank0.engine"] == 0 and left["config.json"] > 0, (
    "A build that failed leaves config.json and an empty engine file before the error comes."
)

get_engine_name = extract(tree, "examples/chatglm/build.py:get_engine_name")["get_engine_name"]
builder = Builder()
config = builder.create_builder_config("float16", name="chatglm2_6b", num_layers=28)
config.plugin_config = BuildConfig.from_dict({**SIZES, "max_num_tokens": None}).plugin_config
with tempfile.TemporaryDirectory() as folder:
    builder.save_config(config, Path(folder, "config.json"))
    builder.save_timing_cache(config, Path(folder, "model.cache"))
    for pipeline in (1, 2):
        Path(folder, get_engine_name("chatglm2_6b", "float16", 2, pipeline, 0)).touch()
    old_files, old_version = list(files_in(folder)), get_engine_version(folder)
    old = json.loads(Path(folder, "config.json").read_text())
print("of an older script:", *old_files, "with", *old)
assert (list(old), old_version, version) == (["builder_config", "plugin_config"], None, "0.7.1"), (
    "The scripts' config.json has two other parts and no version: by that the formats are told."
)
assert old_files == [
    "chatglm2_6b_float16_tp2_pp2_rank0.engine",
    "chatglm2_6b_float16_tp2_rank0.engine",
    "config.json",
    "model.cache",
], "A script's engine is named by model, type, tp and rank, and a timing cache lies beside it."
