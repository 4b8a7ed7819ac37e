"""Prepend virtual tokens to prompts from a text and from a file."""

import tempfile
from pathlib import Path
from types import SimpleNamespace

from srcread.lab import must_fail, source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
parse_input = extract(tree, "examples/run.py:parse_input")["parse_input"]


def encode(text, add_special_tokens, truncation, max_length):
    return [int(word) for word in text.split()][-max_length:]


def parsed(virtual, text=None, file=None, special=()):
    """Return the ids of one prompt of at most three tokens, with virtual tokens before it."""
    tokenizer = SimpleNamespace(
        pad_token_id=0,
        vocab_size=100,
        special_tokens_map={"additional_special_tokens": list(special)} if special else {},
        encode=encode,
    )
    prompts = text and [text]
    options = {"max_input_length": 3, "num_prepend_vtokens": virtual}
    return parse_input(tokenizer, prompts, None, file, **options)[0].tolist()[0]


from_text = parsed([2], "11 12 13 14")
print("from a text:", from_text)
assert from_text == [100, 101, 12, 13, 14], (
    "The ids vocab_size, vocab_size + 1 and so on come before the prompt."
)
assert len(from_text) == 3 + 2, "They come after truncation, so the prompt exceeds its limit."
assert parsed([2], "11 12", special=["<a>", "<b>"]) == [98, 99, 11, 12], (
    "Additional special tokens are subtracted: virtual tokens begin at the base vocabulary's end."
)
numbers = [2, 2]
if must_fail("There must be one number of virtual tokens per prompt."):
    numbers = [2]
try:
    parsed(numbers, "11 12")
    refusal = "none"
except (AssertionError, IndexError) as error:
    refusal = type(error).__name__
assert refusal == "AssertionError", "There must be one number of virtual tokens per prompt."

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "ids.csv"
    file.write_text("11,12,13\n")
    same_length = parsed([3], file=str(file))
    try:
        message = str(parsed([2], file=str(file)))
    except ValueError as error:
        message = str(error)
print("from a .csv file:", same_length, "or", message)
assert same_length == [100 + 11, 101 + 12, 102 + 13], (
    "Before ids from a file they are not put in front but added to them, number by number."
)
assert "could not be broadcast" in message, (
    "Where the lengths differ, ids from a file are a ValueError about broadcasting."
)
