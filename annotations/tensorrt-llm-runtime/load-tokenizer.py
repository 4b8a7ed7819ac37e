"""Load tokenizers with the example's own function, and run BLOOM's script of 0.5.0 beside it."""

import argparse
import ast
import json
import os
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree, older_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
asked = []


def tokenizer(*directory, **options):
    """Return a tokenizer that has no pad token, and keep what was asked for."""
    asked.append(options)
    return SimpleNamespace(pad_token_id=None, eos_token_id=2, eop_token_id=7, im_end_id=9)


stand_ins = {
    "AutoTokenizer": SimpleNamespace(from_pretrained=tokenizer),
    "T5Tokenizer": tokenizer,
}
name = "examples/utils.py:load_tokenizer"
load_tokenizer = extract(tree, name, given=stand_ins)["load_tokenizer"]


def load(*arguments, **options):
    """Return the tokenizer and its two ids, or None for each that is not returned."""
    return load_tokenizer(*arguments, **options) or (None, None, None)


def refuses_vocab_file(model):
    """Tell whether this model is refused a tokenizer from a vocabulary file."""
    try:
        load(vocab_file="tokenizer.model", model_name=model)
    except AssertionError:
        return True
    return False


bloom, *bloom_ids = load("a folder", model_name="BloomForCausalLM")
load("a folder", model_name="llama", tokenizer_type="llama")
refused = {model: refuses_vocab_file(model) for model in ("gpt", "llama")}
sides = [(each.get("padding_side"), each.get("truncation_side")) for each in asked]
print("asked for:", *asked, sep="\n  ")
assert sides == [("left", "left")] * 3, (
    "Every tokenizer is told to pad and to truncate on the left."
)
assert [each.get("use_fast") for each in asked] == [True, False, None], (
    "The fast tokenizer is taken, unless the type is llama; a vocab_file gets neither option."
)
assert [each.get("trust_remote_code") for each in asked] == [True, True, None], (
    "A tokenizer from a folder is allowed to run code of its own."
)
assert (getattr(bloom, "pad_token_id", None), bloom_ids) == (2, [2, 2]), (
    "Without a pad token, the end token becomes the pad token."
)

with tempfile.TemporaryDirectory() as folder:
    found = {}
    for chat_format in ("raw", "chatml", "other"):
        settings = {"chat_format": chat_format, "pad_token_id": 3, "eos_token_id": 4}
        (Path(folder) / "generation_config.json").write_text(json.dumps(settings))
        try:
            found[chat_format] = load(folder, model_name="qwen")[1:]
        except Exception as error:
            found[chat_format] = str(error)
print("Qwen:", found)
assert found == {"raw": (3, 4), "chatml": (9, 9), "other": "unknown chat format: other"}, (
    "Qwen's pad and end ids come from its generation_config.json, by chat format."
)
assert load("a folder", model_name="glm_10b")[1:] == (None, 7), (
    "GLM-10B ends with its own token, and its missing pad token is not replaced."
)

assert refused == {"gpt": False, "llama": True}, (
    "A vocab_file is refused for llama, and accepted for gpt."
)

encoded = []


def encode(text, **options):
    """Return one id for each letter, and keep the text and the options."""
    encoded.append((text, options))
    return [ord(letter) for letter in text]


stand_in = SimpleNamespace(
    int32=None, tensor=lambda ids, dtype: SimpleNamespace(unsqueeze=lambda dimension: ids)
)
parse = extract(tree, "examples/run.py:parse_input", given={"torch": stand_in})["parse_input"]
parse(SimpleNamespace(encode=encode), ["abc", "d"], max_input_length=9, pad_id=0)
print("encoded:", *encoded, sep="\n  ")
options = {"add_special_tokens": True, "truncation": True, "max_length": 9}
assert encoded == [("abc", options), ("d", options)], (
    "run.py encodes each text alone, with truncation and without padding."
)


def functions(tree):
    """Return the names of all functions in a release's examples."""
    modules = [ast.parse(path.read_text("utf-8")) for path in tree.glob("examples/**/*.py")]
    nodes = [node for module in modules for node in ast.walk(module)]
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


def run_older_script(**given):
    """Run BLOOM's run.py of 0.5.0, with stand-ins for what it imports and opens."""
    path = older_tree / "examples/bloom/run.py"
    lines = ast.parse(path.read_text("utf-8")).body
    lines = [line for line in lines if not isinstance(line, ast.Import | ast.ImportFrom)]
    stood_in = "torch", "tensorrt_llm", "ModelConfig", "json", "open", "print"
    names = {name: MagicMock() for name in stood_in} | {"get_engine_name": lambda *parts: "engine"}
    ranks = names["json"].load()["builder_config"]["tensor_parallel"]
    names["tensorrt_llm"].mpi_world_size.return_value = ranks
    sys.argv = ["run.py", "--max_output_len=8", "--tokenizer_dir=a folder"]
    names |= {"__name__": "__main__", "argparse": argparse, "os": os}
    exec(compile(ast.Module(lines, []), str(path), "exec"), names | given)


def own_tokenizer(*directory, **options):
    """Return a tokenizer that has both ids, and keep what was asked for."""
    asked_of_own.append(options)
    return SimpleNamespace(pad_token_id=5, eos_token_id=7, encode=list, decode=str)


asked_of_own, told = [], []
stand_ins["AutoTokenizer"] = own = SimpleNamespace(from_pretrained=own_tokenizer)
load_tokenizer = extract(tree, name, given=stand_ins)["load_tokenizer"]
now = load("a folder", model_name="BloomForCausalLM")[1:]
run_older_script(
    BloomTokenizerFast=own,
    SamplingConfig=lambda end_id, pad_id: told.append((pad_id, end_id)),
)
there = ["load_tokenizer" in functions(each) for each in (tree, older_tree)]
print("pad and end id of a tokenizer with 5 and 7:", now, "in 0.5.0:", *told)
assert (there, now, told) == ([True, False], (5, 7), [(3, 2)]), (
    "No example of 0.5.0 has a load_tokenizer, and the ids of BLOOM's run.py are 3 and 2, not the "
    "tokenizer's as in 0.7.1."
)
sides = [(each.get("padding_side"), each.get("truncation_side")) for each in asked_of_own]
assert sides == [("left", "left"), (None, None)], (
    "BLOOM's run.py of 0.5.0 loads with BloomTokenizerFast, and asks for no side where 0.7.1 asks "
    "for the left."
)
