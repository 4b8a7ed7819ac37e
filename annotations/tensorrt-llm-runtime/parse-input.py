"""Turn texts and files into token ids with the example's own function, and a tokenizer of ours.

BLOOM's script of 0.5.0 is given a text, too.
"""

import argparse
import ast
import io
import os
import sys
import tempfile
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree, older_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
parse_input = extract(tree, "examples/run.py:parse_input")["parse_input"]


class Words:
    """A tokenizer: a number is its own id, and 1 begins a text.

    It truncates on the left, as it was asked to, and leaves room for the 1, as Hugging Face's do.
    """

    pad_token_id = 0

    def encode(self, text, add_special_tokens=True, truncation=False, max_length=None):
        begin, ids = [1] * add_special_tokens, [int(word) for word in text.split()]
        return begin + (ids[-(max_length - len(begin)) :] if truncation else ids)

    def decode(self, ids):
        return ""


def parsed(text=None, file=None, length=4, **options):
    """Return the ids of each prompt, or how the script ended."""
    try:
        ids = parse_input(Words(), text, None, file, max_input_length=length, **options)
    except SystemExit as error:
        return f"exit with status {error.code}"
    return [np.asarray(each).tolist() for each in ids]


ids = parse_input(Words(), ["11 12", "21 22 23"], add_special_tokens=False)
ids = [torch.as_tensor(each) for each in ids]
print("two prompts:", [(tuple(each.shape), each.dtype) for each in ids])
assert [tuple(each.shape) for each in ids] == [(1, 2), (1, 3)], (
    "Each prompt is a tensor (1, length) of its own: nothing is padded here."
)
assert {each.dtype for each in ids} == {torch.int32}, "Token ids are int32."

long = "11 12 13 14 15 16"
with redirect_stdout(io.StringIO()) as out, redirect_stderr(out), warnings.catch_warnings():
    warnings.simplefilter("error")
    cut = parsed([long])
assert cut == [[[1, 14, 15, 16]]], (
    "A text that is too long keeps its end, and the special token in front of it."
)
assert (np.size(cut), out.getvalue()) == (4, ""), "A text that is cut gives no message."
lengths = {
    np.size(each) for each in parsed(["5 " * count for count in (923, 924, 2000)], length=923)
}
default = [np.shape(each) for each in parse_input(Words(), ["5 " * 2000])]
print("2000 words become", default)
assert (lengths, default) == ({923}, [(1, 923)]), (
    "What goes beyond 923 tokens is dropped by default."
)
template = "7 {input_text} 8"
framed = parse_input(Words(), ["5"], template, add_special_tokens=False)
assert np.asarray(framed[0]).tolist() == [[7, 5, 8]], (
    "A prompt template is put around the text before it is encoded."
)

with tempfile.TemporaryDirectory() as folder:
    csv, npy, txt = (Path(folder) / f"ids.{ending}" for ending in ("csv", "npy", "txt"))
    csv.write_text("11,12,13,14,15\n21,22\n")
    txt.write_text("11 12\n21 22\n")
    np.save(npy, np.array([[11, 12, 13, 0, 14, 15], [21, 22, 0, 0, 0, 0]], dtype="int32"))
    from_csv, from_npy = (parsed(file=str(file)) for file in (csv, npy))
    from_txt = parsed(file=str(txt), length=5)
    json = Path(folder) / "ids.json"
    json.write_text("11 12\n")
    refused = parsed(file=str(json))
print("csv:", from_csv, "npy:", from_npy, "txt:", from_txt, sep="\n  ")
assert from_csv == [[[12, 13, 14, 15]], [[21, 22]]], (
    "Each line of a .csv file is a prompt of ids, and keeps its end as well."
)
assert from_npy == [[[12, 13, 14, 15]], [[21, 22]]], (
    "A row of an .npy file loses every pad id, in its middle too."
)
assert from_txt == [[[1, 11, 12, 21, 22]]], "A .txt file is one prompt, however many lines it has."
assert refused == "exit with status None", (
    "Another ending ends the script, with a status that says all is well."
)


def run_older_script(*texts):
    """Run BLOOM's run.py of 0.5.0, up to its session; return how many ids, or how it ended."""
    path = older_tree / "examples/bloom/run.py"
    lines = ast.parse(path.read_text("utf-8")).body
    lines = [line for line in lines if not isinstance(line, ast.Import | ast.ImportFrom)]
    stood_in = "torch", "tensorrt_llm", "json", "open", "ModelConfig", "SamplingConfig", "print"
    names = {name: MagicMock() for name in stood_in} | {"get_engine_name": lambda *parts: "engine"}
    ranks = names["json"].load()["builder_config"]["tensor_parallel"]
    names["tensorrt_llm"].mpi_world_size.return_value = ranks
    names["BloomTokenizerFast"] = MagicMock(**{"from_pretrained.return_value": Words()})
    names |= {"__name__": "__main__", "argparse": argparse, "os": os}
    sys.argv = ["run.py", "--max_output_len=8", "--input_text", *texts]
    try:
        exec(compile(ast.Module(lines, []), str(path), "exec"), names)
    except SystemExit as error:
        return f"exit with status {error.code}"
    ids, *_ = names["torch"].tensor.call_args_list[0].args
    return [len(ids)]


text = "5 " * 2000
with redirect_stderr(io.StringIO()):
    before = run_older_script(text), run_older_script(text, text)
texts = [text], [text, text]
now = [[np.shape(ids)[-1] for ids in parse_input(Words(), each)] for each in texts]
print("2000 words, once and twice:", now, "in 0.5.0:", before)
assert (now, before) == ([[923], [923, 923]], ([2001], "exit with status 2")), (
    "BLOOM's run.py of 0.5.0 takes one text only, and encodes all of it, where 0.7.1 cuts each."
)
