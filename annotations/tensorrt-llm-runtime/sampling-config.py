"""Ask the Python runner for tokens with a session of our own, and look at what it is told."""

import os
import sys
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import must_fail, replace, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
if not torch.cuda.is_available():
    replace(torch.Tensor, cuda=lambda tensor: tensor)
told = []


def decode(ids, lengths, sampling_config, **options):
    told.append(sampling_config)


with standing_in():
    from tensorrt_llm.runtime import ModelRunner, SamplingConfig

    session = SimpleNamespace(
        use_lora_plugin=False,
        remove_input_padding=True,
        max_prompt_embedding_table_size=0,
        setup=lambda **sizes: None,
        decode=decode,
    )
    runner = ModelRunner(session, 4, 8, 100, max_beam_width=2)

    def generate(config=None, **options):
        """Generate for one prompt; return what the session is told."""
        runner.generate([torch.tensor([[5, 6, 7]])], config, pad_id=0, end_id=1, **options)
        return told[-1]

    default, misspelt = generate(), generate(max_new_token=3, temprature=0.1)
    if must_fail("The default is greedy: the one best token, twenty times, without beams."):
        default = generate(top_k=2)
    if must_fail("A misspelt option changes nothing and raises nothing."):
        misspelt = generate(max_new_tokens=3)
    right = generate(max_new_tokens=3, random_seed=42)
    own = SamplingConfig(end_id=9, pad_id=9)
    of_own = generate(own, num_beams=2)
    returned = own.update(top_k=5, topk=7)
    try:
        seed = {"random_seed": 42}
        if must_fail("The seed cannot be given to the constructor, only to update()."):
            seed = {"min_length": 42}
        SamplingConfig(end_id=1, pad_id=0, **seed)
        refused = "nothing"
    except TypeError as error:
        refused = str(error)
    try:
        generate(max_new_tokens=101)
        limit = "none"
    except RuntimeError as error:
        limit = str(error)

print("by default:", default)
assert (default.top_k, default.max_new_tokens, default.num_beams) == (1, 20, 1), (
    "The default is greedy: the one best token, twenty times, without beams."
)
assert misspelt == default, "A misspelt option changes nothing and raises nothing."
assert (returned, own.top_k) == ({"topk": 7}, 5), (
    "update() does return the options that it did not know, and generate() drops them."
)
assert (right.max_new_tokens, right.random_seed) == (3, 42), (
    "An option with the right name replaces the default."
)
assert "random_seed" in refused, "The seed cannot be given to the constructor, only to update()."
assert (own.end_id, own.num_beams, of_own.num_beams) == (9, 1, 2), (
    "The caller's own configuration is copied, and stays as it is."
)
assert limit.startswith("Maximum new tokens (101) exceeds"), (
    "What does raise is a number beyond what the engine was built for."
)
