"""Let a session allocate its caches, on an engine that knows only the type of each tensor."""

import os
import sys
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.use_deterministic_algorithms(True, warn_only=True)  # fills what torch.empty leaves open
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
HEADS, KEY_HEADS, HEAD = 4, 2, 8
sizes = []


def caches(
    plugin=True,
    paged=False,
    window=None,
    beams=1,
    quantised=False,
    layers=2,
    new=4,
    kind="float16",
    encoder=None,
):
    """Run setup() for two prompts of at most 6 tokens; return the caches by name."""
    session = object.__new__(generation.GenerationSession)  # the constructor needs a real engine
    session._model_config = generation.ModelConfig(
        vocab_size=100,
        num_layers=layers * 2,
        num_heads=HEADS,
        num_kv_heads=KEY_HEADS,
        hidden_size=HEADS * HEAD,
        gpt_attention_plugin=plugin,
        paged_kv_cache=paged,
        tokens_per_block=5,
        dtype="float16",
        cross_attention=encoder is not None,
        quant_mode=QuantMode.INT8_KV_CACHE if quantised else QuantMode(0),
    )
    session.mapping = Mapping(world_size=2, rank=1, tp_size=1, pp_size=2)
    engine = SimpleNamespace(
        get_tensor_dtype=lambda name: getattr(
            generation.trt, "float16" if name == "logits" else kind
        )
    )
    session.runtime, session.device = SimpleNamespace(engine=engine), device
    session.vocab_size_padded = 100
    session.setup(2, 6, new, beams, window, encoder)
    sizes.append([(int(each), each.dtype) for each in session.host_max_attention_window_sizes])
    return {name: each for name, each in session.buffer.items() if "key_value" in name}


def shapes(**options):
    return {tuple(each.shape) for each in caches(**options).values()}


def size(**options):
    return sum(each.nbytes for each in caches(**options).values())


with standing_in():
    from tensorrt_llm.mapping import Mapping
    from tensorrt_llm.quantization import QuantMode
    from tensorrt_llm.runtime import generation

    names = {"plugin": list(caches()), "no plugin": list(caches(plugin=False))}
    if must_fail("A rank has one cache per layer of its own, numbered through the whole model."):
        names["plugin"] = list(caches(layers=3))
    print("caches of layers 2 and 3:", names)
    assert names["plugin"] == ["present_key_value_2", "present_key_value_3"], (
        "A rank has one cache per layer of its own, numbered through the whole model."
    )
    assert names["no plugin"] == [
        *names["plugin"],
        "1_present_key_value_2",
        "1_present_key_value_3",
    ], "Without the attention plugin there is a second set of caches."
    assert size(plugin=False) == 2 * size(), "That doubles the memory."

    contiguous, paged = shapes(), shapes(paged=True)
    print("contiguous:", contiguous, "paged:", paged)
    assert contiguous == {(2, 2, KEY_HEADS, 6 + 4, HEAD)}, (
        "A contiguous cache is (batch, 2, key heads, prompt + new tokens, head size)."
    )
    assert paged == {(2 * 2, 2, KEY_HEADS, 5, HEAD)}, (
        "A paged one is (blocks, 2, key heads, tokens per block, head size), "
        "with blocks for every sequence at its full length."
    )
    assert size(paged=True) == size(), "So paging saves nothing in this runtime."
    assert shapes(paged=True, new=5) == {(2 * 3, 2, KEY_HEADS, 5, HEAD)}, (
        "One token more costs a whole block per sequence."
    )
    beams = shapes(beams=3), shapes(beams=3, paged=True)
    assert beams == (contiguous, {(2 * 3 * 2, 2, KEY_HEADS, 5, HEAD)}), (
        "Beams multiply the blocks here, but a contiguous cache only after the prompt has run."
    )
    windows = shapes(window=7), shapes(window=99), shapes(window=torch.tensor([3, 8]))
    assert windows == (
        {(2, 2, KEY_HEADS, 7, HEAD)},
        contiguous,
        {(2, 2, KEY_HEADS, 8, HEAD)},
    ), "An attention window makes the caches shorter, never longer; of several, the widest counts."
    caches(window=7), caches(window=99)
    assert sizes[-2:] == [[(7, torch.int32)] * 2, [(10, torch.int32)] * 2], (
        "A window given as a number holds for each layer of the rank."
    )
    types = {each.dtype for each in caches(quantised=True).values()}
    assert types == {torch.int8} and size(quantised=True) * 2 == size(), (
        "A quantised cache takes one byte per number."
    )
    crossed = caches(encoder=20)["cross_present_key_value_2"]
    assert crossed.shape == (2, 2, KEY_HEADS, 20, HEAD), (
        "An encoder adds a cache of its own length to each layer."
    )
    eights = caches(plugin=False, quantised=True, kind="fp8").values()
    assert {each.dtype for each in eights} == {torch.int8}, (
        "An eight-bit float cache is kept as int8 too, in both sets."
    )
