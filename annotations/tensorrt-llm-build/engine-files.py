"""Save and read back what a build gives, in the formats of trtllm-build and of the scripts."""

import ast
import json
import sys
import tempfile
from pathlib import Path
from unittest.mock import MagicMock

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
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
    """Return the engine of one rank, as trtllm-build makes it."""
    from tensorrt_llm.builder import BuildConfig, build_shard_model
    from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig

    pretrained = PretrainedConfig.from_dict(dict(CONFIG))
    pretrained.set_rank(rank)
    sizes = {**SIZES, "max_num_tokens": None, "plugin_config": dict(PLUGINS)}
    return build_shard_model(BloomForCausalLM.from_config(pretrained), BuildConfig.from_dict(sizes))


def files_in(folder):
    return {path.name: path.stat().st_size for path in sorted(Path(folder).iterdir())}


def text_in(folder):
    path = Path(folder, "config.json")
    return path.read_text() if path.exists() else "{}"


def save_as_scripts(folder):
    """Save what the scripts save beside the engine: a configuration and a timing cache."""
    from tensorrt_llm import Builder
    from tensorrt_llm.plugin.plugin import PluginConfig

    config = Builder().create_builder_config("float16", name="bloom", num_layers=28)
    config.plugin_config = PluginConfig()
    Builder.save_config(config, Path(folder, "config.json"))
    Builder.save_timing_cache(config, Path(folder, "model.cache"))
    return list(json.loads(text_in(folder)))


def fail_to_save(engine):
    """Save what a build gives where TensorRT failed; return the files left and the error."""
    from tensorrt_llm.builder import Engine

    with tempfile.TemporaryDirectory() as folder:
        problem = ""
        try:
            Engine(engine.config, None).save(folder)
        except TypeError as error:
            problem = str(error)
        return files_in(folder), problem


def caches(version):
    """Sort the build scripts of a version by where they save a timing cache."""
    found = {"none": [], "folder": [], "option": []}
    for path in sorted(trees[version].glob("examples/*/build.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if type(node) is ast.Call]
        saved = [ast.unparse(call) for call in calls if "save_timing_cache" in ast.dump(call.func)]
        where = "none" if not saved else "folder" if "'model.cache'" in saved[0] else "option"
        found[where].append(path.parent.name)
    return found


sys.path.insert(0, str(trees["0.7.1"]))
with standing_in():
    from tensorrt_llm.builder import Engine, get_engine_version

    engines = [build(rank) for rank in range(2)]
    left, problem = fail_to_save(engines[0])
    written = []
    with tempfile.TemporaryDirectory() as folder:
        for engine in reversed(engines):
            engine.save(folder)
            written.append(list(files_in(folder)))
        text = text_in(folder)
    saved = json.loads(text)
    print("after rank 1, then rank 0:", *written)
    assert written == [["rank1.engine"], ["config.json", "rank0.engine", "rank1.engine"]], (
        "Each rank writes its engine, and rank 0 alone writes config.json."
    )
    print("config.json:", {name: type(part).__name__ for name, part in saved.items()})
    assert list(saved) == ["version", "pretrained_config", "build_config"], (
        "config.json holds the version, the model's configuration and the build's."
    )
    words = [word for word in ("tp_size", "gpu", "cuda", "tensorrt", "trt") if word in text.lower()]
    assert words == ["tp_size"], "config.json tells tp_size, but no GPU and no TensorRT."
    print("of a failed build:", left, "- then:", problem)
    assert (
        left.get("rank0.engine") == 0
        and left.get("config.json", 0) > 0
        and problem == "cannot convert 'NoneType' object to bytearray"
    ), "A build that failed leaves config.json and an empty engine file before the error comes."

    with tempfile.TemporaryDirectory() as folder:
        for engine in engines:
            engine.save(folder)
        again = Engine.from_dir(folder, rank=1).config
        Path(folder, "config.json").write_text(json.dumps({**saved, "version": "99.9"}))
        versions = get_engine_version(folder), Engine.from_dir(folder, rank=1).config.version
    kept = saved["build_config"]["plugin_config"]["context_fmha_type"]
    found = int(again.build_config.plugin_config.context_fmha_type)
    print("context_fmha_type saved:", kept, "- read back:", found)
    assert (kept, found) == (1, 0), (
        "Read back, the plugin settings have lost context FMHA: it is saved under another key."
    )
    print("versions read:", *versions)
    assert versions == ("99.9", "99.9"), "A version that is not the library's own is read as well."

    with tempfile.TemporaryDirectory() as folder:
        parts = save_as_scripts(folder)
        old_files, old_version = list(files_in(folder)), get_engine_version(folder)
sys.path[0] = str(trees["0.5.0"])
with standing_in(), tempfile.TemporaryDirectory() as folder:
    older_parts, older_files = save_as_scripts(folder), list(files_in(folder))

print("of a script:", *old_files, "with", *parts)
assert (parts, old_version) == (["builder_config", "plugin_config"], None), (
    "The scripts' config.json has two other parts and no version: by that the formats are told "
    "apart."
)
assert (older_parts, older_files) == (parts, old_files), "0.5.0 saves the same two parts."

maker, script = MagicMock(), "examples/chatglm/build.py"
beside = ("build_rank_engine", "check_gpt_mem_usage", "serialize_engine", "str_dtype_to_trt")
given = {each: MagicMock() for each in ("torch", "logger", *beside)} | {"Builder": lambda: maker}
taken = extract(trees["0.7.1"], f"{script}:get_engine_name", f"{script}:build", given=given)
get_engine_name = taken["get_engine_name"]
names = [get_engine_name("chatglm2_6b", "float16", 2, pipeline, 0) for pipeline in (1, 2)]
print("engines of a script:", *names)
assert names == [
    "chatglm2_6b_float16_tp2_rank0.engine",
    "chatglm2_6b_float16_tp2_pp2_rank0.engine",
], "A script's engine is named by model, type, tp and rank, and by pp where it is above 1."

by_option = {version: caches(version)["option"] for version in trees}
by_none = {version: caches(version)["none"] for version in trees}
print("timing cache by --timing_cache:", by_option, "- none saved:", by_none)
assert by_option == {
    "0.5.0": ["enc_dec", "gpt", "mpt"],
    "0.7.1": ["chatglm", "enc_dec", "gpt", "mpt"],
}, "gpt, mpt and enc_dec, in 0.7.1 also chatglm, save the timing cache as --timing_cache says."
assert by_none == {"0.5.0": ["bert"], "0.7.1": ["bert", "whisper"]}, (
    "The scripts of bert and whisper save no timing cache, all others do."
)

told = {"model_name": "chatglm2_6b", "dtype": "float16", "timing_cache": "my.cache"}
taken["build"](0, MagicMock(world_size=1, pp_size=1, **told))
saved = [call.args[1] for call in maker.save_timing_cache.call_args_list]
print("with --timing_cache=my.cache, chatglm saves:", *saved)
assert saved == ["my.cache"], "Told my.cache, the script of chatglm saves the timing cache there."
