"""Ask the Python runner for tokens with a session of our own, and look at what it is told."""

import os
import sys
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import replace, source_tree
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
        return vars(told[-1])

    def refused(option):
        """Tell whether the constructor refuses this option."""
        try:
            SamplingConfig(end_id=1, pad_id=0, **{option: 1})
        except TypeError:
            return True
        return False

    default, misspelt = generate(), generate(max_new_token=3, temprature=0.1)
    greedy = {"max_new_tokens": 20, "num_beams": 1, "top_k": 1}
    print("with misspelt options:", {name: misspelt[name] for name in greedy})
    assert misspelt == default | greedy, (
        "Misspelt options leave the default without an error: twenty tokens, one beam, top_k = 1."
    )
    right = generate(max_new_tokens=3, temperature=0.1)
    assert right == default | {"max_new_tokens": 3, "temperature": 0.1}, (
        "An option with the right name replaces the default."
    )
    settings = {"random_seed": 42, "beam_search_diversity_rate": 0.5}
    given = generate(**settings)
    given = {name: given.get(name) for name in settings if refused(name)}
    assert given == settings, "What the constructor refuses, generate() sets: seed, diversity rate."

    own = SamplingConfig(end_id=1, pad_id=0)
    of_own = generate(own, num_beams=2)["num_beams"]
    assert (own.num_beams, of_own) == (1, 2), "The caller's own configuration stays as it is."
    returned = own.update(top_k=5, topk=7)
    print("update() returns:", returned)
    assert returned == {"topk": 7}, "What update() returns are the options that it did not know."

    try:
        generate(max_new_tokens=101)
        limit = "none"
    except RuntimeError as error:
        limit = str(error)
    assert limit == "Maximum new tokens (101) exceeds the engine or specified limit (100)", (
        "More tokens than the engine was built for are refused."
    )
