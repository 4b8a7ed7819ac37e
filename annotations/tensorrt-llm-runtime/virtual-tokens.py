"""Prepend virtual tokens to prompts from texts and from files, with a tokenizer of ours."""

import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
mixin = "tensorrt_llm.runtime.model_runner:ModelRunnerMixin"
parse_input = extract(tree, "examples/run.py:parse_input")["parse_input"]
no_session = {"GenerationSession": None}
check_inputs = extract(tree, mixin, given=no_session)["ModelRunnerMixin"]._check_inputs


def encode(text, add_special_tokens, truncation, max_length):
    return [int(word) for word in text.split()][-max_length:]


def parsed(virtual, *texts, file=None, special=()):
    """Return prompts of at most three tokens each, with virtual tokens before them."""
    tokenizer = SimpleNamespace(
        pad_token_id=0,
        vocab_size=100,
        special_tokens_map={"additional_special_tokens": list(special)} if special else {},
        encode=encode,
    )
    options = {"max_input_length": 3, "num_prepend_vtokens": virtual}
    return parse_input(tokenizer, texts, None, file and str(file), **options)


def ids(*arguments, **options):
    """Return the ids of the first prompt."""
    return parsed(*arguments, **options)[0].tolist()[0]


try:
    refusal = f"none, {len(parsed([2], '11 12', '21 22'))} prompts"
except AssertionError as error:
    refusal = type(error).__name__
print("one number for two prompts:", refusal)
assert refusal == "AssertionError", "One number of virtual tokens for two prompts is refused."

from_text = ids([2], "11 12")
print("from a text:", from_text)
assert from_text == [100, 101, 11, 12], (
    "The ids vocab_size, vocab_size + 1 and so on come before the prompt."
)
assert ids([2], "11 12", special=["<a>", "<b>", "<c>"]) == [97, 98, 11, 12], (
    "The first of them is vocab_size less the number of additional special tokens."
)
prompts = parsed([2], "11 12 13 14")
assert prompts[0].tolist() == [[100, 101, 12, 13, 14]], (
    "They come after truncation, so that a prompt exceeds its limit."
)
engine = SimpleNamespace(max_batch_size=1, max_input_len=3, max_output_len=9, max_beam_width=1)
try:
    check_inputs(engine, prompts, SimpleNamespace(max_new_tokens=9, num_beams=1))
    limit = "none"
except RuntimeError as error:
    limit = str(error)
print("an engine for three tokens:", limit)
assert limit == "Maximum input length (5) exceeds the engine or specified limit (3)", (
    "An engine that was built for the limit refuses this prompt."
)

with tempfile.TemporaryDirectory() as folder:
    csv, npy, txt = (Path(folder) / f"ids.{ending}" for ending in ("csv", "npy", "txt"))
    csv.write_text("11,12,13\n")
    txt.write_text("11 12 13\n")
    np.save(npy, np.array([[11, 12, 13]], dtype="int32"))
    from_txt = ids([3], file=txt)
    from_csv, from_npy = (ids([3], file=file) for file in (csv, npy))
    single = ids([1], file=csv)
    try:
        message = str(ids([2], file=csv))
    except ValueError as error:
        message = str(error)
print("from a .csv file:", from_csv, "or", message)
assert from_txt == [100, 101, 102, 11, 12, 13], "A .txt file is a text, and treated as one."
assert from_csv == [100 + 11, 101 + 12, 102 + 13], (
    "To ids from a .csv file they are added, number by number."
)
assert from_npy == [100 + 11, 101 + 12, 102 + 13], (
    "To ids from an .npy file they are added in the same way."
)
assert single == [100 + 11, 100 + 12, 100 + 13], (
    "A single virtual token is added to every id of the file."
)
assert "operands could not be broadcast" in message, (
    "Two virtual tokens and three ids from a file are a ValueError."
)
