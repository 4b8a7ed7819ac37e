"""Let a session allocate its caches, on an engine that knows only the type of each tensor."""

import ast
import os
import sys
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

tree, older_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
sys.path.insert(0, str(tree))
torch.use_deterministic_algorithms(True, warn_only=True)  # fills what torch.empty leaves open
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
BATCH, PROMPT, HEADS, KEY_HEADS, HEAD, BLOCK = 2, 6, 4, 2, 8, 5
warnings = []


def set_up(
    older=False,
    plugin=True,
    paged=False,
    window=None,
    beams=1,
    quantised=False,
    new=4,
    kind="float16",
    encoder=None,
):
    """Run setup() for two prompts of at most 6 tokens, on the second rank of two; return it all."""
    session = object.__new__(generation.GenerationSession)  # the constructor needs a real engine
    session._model_config = generation.ModelConfig(
        vocab_size=100,
        num_layers=4,
        num_heads=HEADS,
        num_kv_heads=KEY_HEADS,
        hidden_size=HEADS * HEAD,
        gpt_attention_plugin=plugin,
        paged_kv_cache=paged,
        tokens_per_block=BLOCK,
        dtype="bfloat16",
        cross_attention=encoder is not None,
        quant_mode=QuantMode.INT8_KV_CACHE if quantised else QuantMode(0),
    )
    session.mapping = Mapping(world_size=2, rank=1, tp_size=1, pp_size=2)
    types = SimpleNamespace(
        get_tensor_dtype=lambda name: getattr(
            generation.trt, kind if "key_value" in name else "float16"
        )
    )
    session.runtime, session.device = SimpleNamespace(engine=types), device
    session.vocab_size_padded, session.buffer = 100, {}
    session.host_max_attention_window_sizes = []
    options = {} if window is None else {"max_attention_window_size": window}
    setup = older_setup if older else generation.GenerationSession.setup
    try:
        setup(session, BATCH, PROMPT, new, beams, encoder_max_input_length=encoder, **options)
    except AssertionError as error:
        print("refused:", error)
    return session


def caches(**options):
    """Return the caches that setup() allocates, by name."""
    buffers = set_up(**options).buffer.items()
    tensors = {name: each for name, each in buffers if isinstance(each, torch.Tensor)}
    return {name: each for name, each in tensors.items() if "key_value" in name}


def shapes(**options):
    return {tuple(each.shape) for each in caches(**options).values()}


def size(**options):
    return sum(each.nbytes for each in caches(**options).values())


def kinds(**options):
    return {each.dtype for each in caches(**options).values()}


def windows(window):
    """Return the window that each layer is told, and its type."""
    told = set_up(window=window).host_max_attention_window_sizes
    return [(int(each), each.dtype) for each in told]


def setup_of(tree):
    """Return setup() as the tree of a release has it, with the names of 0.7.1's module."""
    path = tree / "tensorrt_llm/runtime/generation.py"
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    found = next(
        node for node in nodes if isinstance(node, ast.FunctionDef) and node.name == "setup"
    )
    names = dict(vars(generation))
    exec(compile(ast.Module([found], []), str(path), "exec"), names)
    return names["setup"]


with standing_in():
    from tensorrt_llm.mapping import Mapping
    from tensorrt_llm.quantization import QuantMode
    from tensorrt_llm.runtime import generation

    generation.logger = SimpleNamespace(
        warning=warnings.append, debug=lambda text: None, error=lambda text: None
    )
    names = list(caches())
    print("caches of layers 2 and 3:", names)
    assert names == ["present_key_value_2", "present_key_value_3"], (
        "A rank has one cache per layer of its own, numbered through the whole model."
    )
    second = [name for name in caches(plugin=False) if name not in names]
    print("without the plugin also:", second)
    assert second == ["1_present_key_value_2", "1_present_key_value_3"], (
        "Without the attention plugin there is a second set of caches."
    )
    assert size(plugin=False) == 2 * size(), "The two sets take twice the memory of one."

    contiguous, paged = shapes(), shapes(paged=True)
    print("contiguous:", contiguous, "paged:", paged)
    assert contiguous == {(BATCH, 2, KEY_HEADS, PROMPT + 4, HEAD)}, (
        "A contiguous cache is (batch, 2, KV heads, prompt + new tokens, head size)."
    )
    assert {shape[1:] for shape in paged} == {(2, KEY_HEADS, BLOCK, HEAD)}, (
        "A paged cache is (blocks, 2, KV heads, tokens per block, head size)."
    )
    assert {shape[0] for shape in paged} == {BATCH * 2}, (
        "It has blocks for every sequence at its full length."
    )
    assert size(paged=True) == size(), (
        "A paged cache of full blocks takes as much memory as a contiguous one."
    )
    assert {shape[0] for shape in shapes(paged=True, new=5)} == {BATCH * 3}, (
        "One token more costs a whole block per sequence."
    )
    assert {shape[0] for shape in shapes(paged=True, beams=3)} == {BATCH * 3 * 2}, (
        "Beams multiply the blocks of a paged cache."
    )
    assert shapes(beams=3) == {(BATCH, 2, KEY_HEADS, PROMPT + 4, HEAD)}, (
        "Beams do not change what setup() allocates for a contiguous cache."
    )

    assert {shape[3] for shape in shapes(window=7)} == {7}, (
        "An attention window that is shorter than the sequence shortens the cache."
    )
    assert {shape[3] for shape in shapes(window=99)} == {PROMPT + 4}, (
        "An attention window that is longer than the sequence is cut to it."
    )
    assert windows(7) == [(7, torch.int32)] * 2, (
        "A window given as a number holds for each layer of the rank."
    )
    several, too_wide, too_many = map(torch.tensor, ([3, 8], [3, 99], [3, 8, 9]))
    assert {shape[3] for shape in shapes(window=several)} == {8}, (
        "Of several windows, the widest counts for every layer's cache."
    )
    assert windows(several) == [(3, torch.int32), (8, torch.int32)], (
        "Each layer is told its own window."
    )
    assert ({shape[3] for shape in shapes(window=too_wide)}, windows(too_wide)) == (
        {PROMPT + 4},
        [(3, torch.int32), (PROMPT + 4, torch.int32)],
    ), "Of several windows, those that are too long are cut as well."
    print("warnings:", *warnings, sep="\n  ")
    assert ["should ideally not exceed max_seq_length" in each for each in warnings] == [
        True
    ] * 3, "Only windows that are too long are warned of."
    assert not caches(window=too_many), (
        "A tensor of windows must have as many as the rank has layers."
    )

    assert (kinds(kind="float32"), kinds(kind="float32", paged=True)) == (
        {torch.float32},
        {torch.bfloat16},
    ), "A contiguous cache has the engine's type, and a paged one that of the configuration."
    assert kinds(quantised=True) == {torch.int8}, "A quantised cache takes one byte per number."
    eights = caches(plugin=False, quantised=True, kind="fp8")
    assert {name: each.dtype for name, each in eights.items() if name in second} == dict.fromkeys(
        second, torch.int8
    ), "An fp8 cache is kept as int8 in the second set, too."
    crossed = [
        (name, tuple(each.shape), each.dtype)
        for name, each in caches(encoder=20).items()
        if name.startswith("cross")
    ]
    assert crossed == [
        (f"cross_present_key_value_{layer}", (BATCH, 2, KEY_HEADS, 20, HEAD), torch.float16)
        for layer in (2, 3)
    ], "An encoder adds a cache of its own length to each layer."

    older_setup = setup_of(older_tree)
    before = shapes(older=True), shapes(older=True, paged=True)
    print("0.5.0:", *before)
    assert before == (shapes(), shapes(paged=True)), "The caches of 0.5.0 have the same shapes."
    try:
        set_up(paged=True, encoder=20)
        failure = None
    except UnboundLocalError as error:
        failure = error.args[0].partition("'")[2].partition("'")[0]
    print("paged, with an encoder, there is no", failure)
    assert failure == "cross_cache_shape", (
        "A paged cache with an encoder's beside it ends in an UnboundLocalError."
    )
