"""Load engine folders of both formats, with sessions of our own, and TensorRT stood in for.

A folder of the old format is loaded by a script of 0.5.0, too.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import replace, source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
sys.path.insert(0, str(trees["0.7.1"]))
if not torch.cuda.is_available():
    replace(torch.cuda, set_device=lambda index: None, synchronize=lambda: None)
    replace(torch.Tensor, cuda=lambda tensor: tensor)


class Session:
    """A session that keeps what it is given."""

    use_lora_plugin = False

    def __init__(self, model_config, engine_buffer, mapping, debug_mode=False):
        self.config, self.engine, self.mapping = model_config, engine_buffer, mapping

    def setup(self, batch_size, **sizes):
        made.append(self)

    def decode(self, input_ids, input_lengths, sampling_config):
        return input_ids[None]  # not a token more


made = []


class Tokenizer:
    """A tokenizer whose tokens are the letters."""

    from_pretrained = classmethod(lambda cls, folder: cls())
    encode = staticmethod(lambda text: list(text.encode()))
    decode = staticmethod(lambda tokens: bytes(tokens).decode())


sizes = {"max_input_len": 5, "max_output_len": 7, "max_batch_size": 8, "max_beam_width": 1}


def old(name):
    """Return an old configuration, as the example scripts of most models write it."""
    of_model = {"name": name, "precision": "float16", "tensor_parallel": 1, "num_heads": 4}
    of_model |= {"hidden_size": 16, "vocab_size": 100, "num_layers": 2}
    plugins = {"gpt_attention_plugin": "float16", "remove_input_padding": True}
    plugins |= {"paged_kv_cache": False, "tokens_per_block": 64}
    return {"builder_config": of_model | sizes, "plugin_config": plugins}


def new(version="0.7.1", ranks=1):
    """Return a new configuration, as trtllm-build writes it, and a Qwen's of the old format."""
    of_model = {"architecture": "BloomForCausalLM", "dtype": "float16", "vocab_size": 100}
    of_model |= {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 6}
    of_model |= {"num_key_value_heads": 3}
    of_model |= {"hidden_act": "gelu", "position_embedding_type": "alibi"}
    of_model["mapping"] = {"world_size": ranks, "tp_size": ranks, "pp_size": 1}
    build = {**sizes, "max_num_tokens": None}
    build["plugin_config"] = {"paged_kv_cache": True, "tokens_per_block": 32}
    both = {"pretrained_config": of_model, "build_config": build} | old("qwen")
    return {"version": version, **both}


def fill(folder, config):
    """Write this configuration, and engines of all names, into a folder."""
    of_type = f"{config['builder_config']['name']}_float16_tp1"
    (Path(folder) / "config.json").write_text(json.dumps(config))
    for engine in (f"{of_type}_rank0", f"{of_type}_pp1_rank0", "rank0", "rank1"):
        (Path(folder) / f"{engine}.engine").write_text(f"{engine}.engine")


def load(config, rank=0):
    """Load a folder with this configuration and engines of all names; return the session."""
    with tempfile.TemporaryDirectory() as folder:
        fill(folder, config)
        try:
            return model_runner.ModelRunner.from_dir(folder, rank=rank).session
        except (AttributeError, KeyError, NameError, OSError, TypeError, ValueError) as error:
            print("not loaded:", error)
            return Session(nothing, b"", nothing)


def load_older(config):
    """Let the script that runs BLOOM in 0.5.0 load such a folder; return its session."""
    name = "examples/bloom/build.py:get_engine_name"
    beside = SimpleNamespace(get_engine_name=extract(trees["0.5.0"], name)["get_engine_name"])
    modules = {"build": beside, "transformers": SimpleNamespace(BloomTokenizerFast=Tokenizer)}
    script = trees["0.5.0"] / "examples/bloom/run.py"
    with tempfile.TemporaryDirectory() as folder, patch.dict(sys.modules, modules):
        fill(folder, config)
        sys.argv = ["run.py", f"--engine_dir={folder}", "--max_output_len=1", "--input_text=one"]
        exec(compile(script.read_text(), str(script), "exec"), {"__name__": "__main__"})
    return made[-1]


def told(session):
    """Return a session's class and engine, and what it is told of the model."""
    names = "num_layers", "num_heads", "num_kv_heads", "hidden_size", "vocab_size", "dtype"
    shape = [getattr(session.config, name, None) for name in names]
    return type(session).__name__, session.engine.decode(), shape


nothing = SimpleNamespace(tp_rank=None, num_heads=None, num_kv_heads=None, hidden_size=None)
nothing.dtype = nothing.paged_kv_cache = nothing.tokens_per_block = None


with standing_in():
    from tensorrt_llm.runtime import model_runner

    names = "GenerationSession", "ChatGLMGenerationSession", "QWenForCausalLMGenerationSession"
    for name in names:
        replace(model_runner, **{name: type(name, (Session,), {})})
    of_new, stranger = load(new()), load(new(version="no version at all"))
    assert of_new.engine.decode() == "rank0.engine", (
        "With a version, the engine's file is rank0.engine."
    )
    assert type(of_new).__name__ == "GenerationSession", (
        "In the new format it is the plain session always."
    )
    assert (stranger.config, stranger.engine) == (of_new.config, b"rank0.engine"), (
        "A version that is no version at all is read in the same way."
    )
    split = [load(new(ranks=2), rank) for rank in (0, 1)]
    shapes = [of_new.config, split[0].config, split[1].config]
    shares = [(each.num_heads, each.num_kv_heads, each.hidden_size) for each in shapes]
    ranks = [(each.engine.decode(), each.mapping.tp_rank) for each in split]
    assert [*ranks, shares[1:]] == [("rank0.engine", 0), ("rank1.engine", 1), [(3, 2, 24)] * 2], (
        "In the new format one process loads its share of two ranks without objection."
    )
    assert shares == [(6, 3, 48), (3, 2, 24), (3, 2, 24)], (
        "A session is told the heads and width of its rank, key heads rounded up."
    )
    caches = {(each.dtype, each.paged_kv_cache, each.tokens_per_block) for each in shapes}
    assert caches == {("float16", True, 32)}, (
        "It is told the engine's type and its kind of cache, too."
    )
    assert load(old("gpt")).engine.decode() == "gpt_float16_tp1_rank0.engine", (
        "Without a version in config.json, the engine's file is named by model, type and ranks."
    )
    models = "gpt", "chatglm_6b", "glm_10b", "qwen", "chatglm2_6b", "chatglm3_6b"
    sessions = {name: type(load(old(name))).__name__ for name in models}
    of_runner = told(load(old("bloom")))

sys.path[0] = str(trees["0.5.0"])
with standing_in():
    from tensorrt_llm import runtime

    replace(runtime, GenerationSession=type("GenerationSession", (Session,), {}))
    of_script = told(load_older(old("bloom")))
    runner = hasattr(runtime, "ModelRunner")

print("old format:", sessions)
special = {name: kind for name, kind in sessions.items() if kind != "GenerationSession"}
assert special == {
    "chatglm_6b": "ChatGLMGenerationSession",
    "glm_10b": "ChatGLMGenerationSession",
    "qwen": "QWenForCausalLMGenerationSession",
}, "In the old format the model's name picks the session, and ChatGLM2 and 3 get the plain one."
print("by 0.7.1's runner:", *of_runner, "- by 0.5.0's run.py:", *of_script)
assert (runner, of_script) == (False, of_runner), (
    "0.5.0 has no runner: run.py of BLOOM names the file itself, and makes the same plain session."
)
