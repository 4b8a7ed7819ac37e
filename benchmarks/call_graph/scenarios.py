"""What is run of torch.nn.Transformer: each function builds a small model and runs one way of it.

Between them they take both sides of most branches of the encoder, the decoder and the attention;
the ways into the error messages are among them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

WIDTH, HEADS, LENGTH, BATCH = 8, 2, 4, 3


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in _ALL}


def construction() -> None:
    for device, dtype in ((None, None), ("cpu", torch.float64), ("meta", None)):
        nn.Transformer(WIDTH, HEADS, 2, 2, 16, device=device, dtype=dtype)
    nn.Transformer(WIDTH, HEADS, 1, 1, 16, bias=False)


def training() -> None:
    model = _model(dropout=0.1).train()
    model(_sequence(), _sequence()).sum().backward()


def eval_fast_path() -> None:
    model = _model(batch_first=True).eval()
    with torch.no_grad():
        model(_batch(), _batch())


def eval_with_grad() -> None:
    _model(batch_first=True).eval()(_batch(), _batch())


def eval_nested_padding() -> None:
    model = _model(batch_first=True).eval()
    padding = torch.zeros(BATCH, LENGTH, dtype=torch.bool)
    padding[1:, 2:] = True
    with torch.no_grad():
        model(_batch(), _batch(), src_key_padding_mask=padding)
        model.encoder(_batch(), src_key_padding_mask=padding)
    unsorted = padding.flip(1)
    with torch.no_grad():
        model.encoder(_batch(), src_key_padding_mask=unsorted)


def masks() -> None:
    model = _model().train()
    causal = nn.Transformer.generate_square_subsequent_mask(LENGTH)
    padding = torch.zeros(BATCH, LENGTH, dtype=torch.bool)
    for mask in (causal, causal.isinf()):
        model(_sequence(), _sequence(), src_mask=mask, tgt_mask=mask, memory_mask=mask)
        model(_sequence(), _sequence(), mask, mask, src_key_padding_mask=padding)
    model(
        _sequence(),
        _sequence(),
        tgt_mask=causal,
        tgt_key_padding_mask=torch.zeros(BATCH, LENGTH),
        memory_key_padding_mask=padding,
    )
    nn.Transformer.generate_square_subsequent_mask(2, device=torch.device("cpu"))


def causal_hint() -> None:
    model = _model().train()
    causal = nn.Transformer.generate_square_subsequent_mask(LENGTH)
    model(
        _sequence(),
        _sequence(),
        src_mask=causal,
        tgt_mask=causal,
        memory_mask=causal,
        src_is_causal=True,
        tgt_is_causal=True,
        memory_is_causal=True,
    )
    model.encoder(_sequence(), mask=causal, is_causal=True)
    model.decoder(_sequence(), _sequence(), tgt_mask=causal, tgt_is_causal=True)


def masked_fast_path() -> None:
    model = _model(batch_first=True).eval()
    mask = torch.zeros(LENGTH, LENGTH, dtype=torch.bool)
    padding = torch.zeros(BATCH, LENGTH, dtype=torch.bool)
    padding[:, 3:] = True
    attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True).eval()
    with torch.no_grad():
        model(_batch(), _batch(), src_mask=mask)
        model.encoder.layers[0](_batch(), src_mask=mask, src_key_padding_mask=padding)
        batch = _batch()
        attention(batch, batch, batch, key_padding_mask=padding, attn_mask=mask)


def norm_first() -> None:
    model = _model(norm_first=True).train()
    model(_sequence(), _sequence())
    evaluated = _model(norm_first=True, batch_first=True).eval()
    with torch.no_grad():
        evaluated(_batch(), _batch())


def gelu() -> None:
    model = _model(activation="gelu", batch_first=True)
    model.train()(_batch(), _batch())
    with torch.no_grad():
        model.eval()(_batch(), _batch())


def activation_as_a_callable() -> None:
    for activation in (torch.tanh, nn.functional.relu, nn.functional.gelu, nn.GELU(), nn.ReLU()):
        model = _model(activation=activation, batch_first=True)
        model.train()(_batch(), _batch())
        with torch.no_grad():
            model.eval()(_batch(), _batch())


def unbatched() -> None:
    model = _model()
    one = torch.rand(LENGTH, WIDTH)
    model.train()(one, one, tgt_mask=torch.zeros(LENGTH, LENGTH))
    padding = torch.zeros(LENGTH, dtype=torch.bool)
    model(one, one, src_key_padding_mask=padding)
    with torch.no_grad():
        model.eval()(one, one)


def custom_encoder() -> None:
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 16)
    encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(WIDTH, HEADS, 16), 1)
    model = nn.Transformer(
        WIDTH, HEADS, custom_encoder=encoder, custom_decoder=decoder, batch_first=False
    )
    model(_sequence(), _sequence())
    nn.Transformer(WIDTH, HEADS, custom_encoder=_Doubling(), custom_decoder=decoder)(
        _sequence(), _sequence()
    )


def sequence_first_eval() -> None:
    model = _model(batch_first=False).eval()
    with torch.no_grad():
        model(_sequence(), _sequence())


def hooks_registered() -> None:
    model = _model(batch_first=True).eval()
    layer = model.encoder.layers[0]
    layer.self_attn.register_forward_hook(lambda module, inputs, output: None)
    layer.register_forward_pre_hook(lambda module, inputs: None)
    model.decoder.layers[0].linear1.register_full_backward_hook(lambda module, into, out: None)
    with torch.no_grad():
        model(_batch(), _batch())
    model(_batch(), _batch()).sum().backward()


def attention_with_other_widths() -> None:
    query, key, value = _sequence(), torch.rand(LENGTH, BATCH, 6), torch.rand(LENGTH, BATCH, 5)
    attention = nn.MultiheadAttention(
        WIDTH, HEADS, kdim=6, vdim=5, add_bias_kv=True, add_zero_attn=True, dropout=0.1
    )
    padding = torch.zeros(BATCH, LENGTH, dtype=torch.bool)
    mask = torch.zeros(BATCH * HEADS, LENGTH, LENGTH)
    attention(query, key, value, key_padding_mask=padding, attn_mask=mask)
    attention(query, key, value, key_padding_mask=padding, attn_mask=mask, need_weights=False)
    without_bias = nn.MultiheadAttention(WIDTH, HEADS, bias=False)
    without_bias(query, query, query)
    without_bias(query, torch.rand(LENGTH, BATCH, WIDTH), query)


def attention_weights() -> None:
    attention = nn.MultiheadAttention(WIDTH, HEADS, dropout=0.1)
    query, memory = _sequence(), _sequence()
    mask = torch.zeros(LENGTH, LENGTH)
    attention(query, query, query, need_weights=True)
    attention(query, query, query, need_weights=True, average_attn_weights=False, attn_mask=mask)
    attention(query, memory, memory, need_weights=False)
    attention(query, query, query, need_weights=False, attn_mask=mask, is_causal=True)
    one = torch.rand(LENGTH, WIDTH)
    attention(one, one, one, need_weights=True)


def autocast() -> None:
    model = _model(batch_first=True).eval()
    with torch.autocast("cpu", dtype=torch.bfloat16), torch.no_grad():
        model(_batch(), _batch())


def double_precision() -> None:
    model = _model(dtype=torch.float64).train()
    sequence = _sequence().double()
    mask = nn.Transformer.generate_square_subsequent_mask(LENGTH, dtype=torch.float64)
    model(sequence, sequence, src_mask=mask)


def tensor_subclass() -> None:
    model = _model(batch_first=True).eval()
    model(_batch().as_subclass(_Tagged), _batch().as_subclass(_Tagged))
    attention = nn.MultiheadAttention(WIDTH, HEADS)
    sequence = _sequence().as_subclass(_Tagged)
    attention(sequence, sequence, sequence)


def errors() -> None:
    model = _model(batch_first=True)
    _must_raise(lambda: model(_batch(), torch.rand(BATCH + 1, LENGTH, WIDTH)))
    _must_raise(lambda: model(_batch(), torch.rand(BATCH, LENGTH, WIDTH + 1)))
    _must_raise(lambda: _model()(_sequence(), torch.rand(LENGTH, BATCH + 1, WIDTH)))
    _must_raise(lambda: _model(activation="swish"))
    _must_raise(lambda: nn.MultiheadAttention(0, 1))
    _must_raise(lambda: nn.MultiheadAttention(5, 2))
    attention = nn.MultiheadAttention(WIDTH, HEADS)
    sequence = _sequence()
    wrong = torch.zeros(2, 2)
    _must_raise(lambda: attention(sequence, sequence, sequence, attn_mask=wrong))
    _must_raise(lambda: attention(sequence, sequence, sequence, key_padding_mask=wrong))
    _must_raise(lambda: attention(sequence, sequence, sequence, attn_mask=wrong.long()))
    _must_raise(lambda: attention(sequence, wrong, wrong))
    _must_raise(lambda: attention(sequence, sequence, sequence, is_causal=True))


class _Tagged(Tensor):  # type: ignore[misc] # torch is not followed by the type checker
    """A tensor whose functions may be overridden, so that they go by __torch_function__."""


class _Doubling(nn.Module):  # type: ignore[misc] # torch is not followed by the type checker
    """An encoder that is none of torch's."""

    def forward(self, src: Tensor, **_: object) -> Tensor:
        return src * 2


def _model(activation: object = "relu", **options: object) -> nn.Transformer:
    chosen = {"dropout": 0.0, **options}
    return nn.Transformer(WIDTH, HEADS, 2, 2, 16, activation=activation, **chosen)


def _sequence() -> Tensor:
    return torch.rand(LENGTH, BATCH, WIDTH)


def _batch() -> Tensor:
    return torch.rand(BATCH, LENGTH, WIDTH)


def _must_raise(action: Callable[[], object]) -> None:
    try:
        action()
    except (AssertionError, RuntimeError, ValueError):
        return
    raise AssertionError("the scenario's wrong input was taken")


_ALL = (
    construction,
    training,
    eval_fast_path,
    eval_with_grad,
    eval_nested_padding,
    masks,
    causal_hint,
    masked_fast_path,
    norm_first,
    gelu,
    activation_as_a_callable,
    unbatched,
    custom_encoder,
    sequence_first_eval,
    hooks_registered,
    attention_with_other_widths,
    attention_weights,
    autocast,
    double_precision,
    tensor_subclass,
    errors,
)
