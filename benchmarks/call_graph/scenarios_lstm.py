"""What is run of torch.nn.LSTM: a model that was not looked at while the graph was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn.utils import rnn

WIDTH, HIDDEN, LENGTH, BATCH = 5, 4, 6, 3


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in _ALL}


def construction() -> None:
    nn.LSTM(WIDTH, HIDDEN, num_layers=2, dropout=0.1, bias=False)
    nn.LSTM(WIDTH, HIDDEN, dtype=torch.float64)
    nn.LSTM(WIDTH, HIDDEN, dropout=0.5)


def training() -> None:
    model = _model(num_layers=2, dropout=0.1).train()
    output, _ = model(_sequence())
    output.sum().backward()


def evaluation() -> None:
    model = _model(batch_first=True).eval()
    with torch.no_grad():
        model(torch.rand(BATCH, LENGTH, WIDTH))


def states_given() -> None:
    states = torch.zeros(1, BATCH, HIDDEN), torch.zeros(1, BATCH, HIDDEN)
    _model()(_sequence(), states)
    _model()(torch.rand(LENGTH, WIDTH), (torch.zeros(1, HIDDEN), torch.zeros(1, HIDDEN)))


def packed_sequence() -> None:
    packed = rnn.pack_padded_sequence(_sequence(), torch.tensor([6, 5, 2]))
    _model()(packed)
    unsorted = rnn.pack_padded_sequence(_sequence(), torch.tensor([2, 6, 5]), enforce_sorted=False)
    states = torch.zeros(1, BATCH, HIDDEN), torch.zeros(1, BATCH, HIDDEN)
    output, _ = _model()(unsorted, states)
    rnn.pad_packed_sequence(output)


def bidirectional() -> None:
    _model(bidirectional=True, num_layers=2)(_sequence())


def projected() -> None:
    _model(proj_size=2, bidirectional=True)(_sequence())


def unbatched() -> None:
    _model()(torch.rand(LENGTH, WIDTH))


def moved() -> None:
    _model().to(torch.float64)(_sequence().double())


def errors() -> None:
    model = _model()
    for action in (
        lambda: nn.LSTM(WIDTH, 0),
        lambda: nn.LSTM(WIDTH, HIDDEN, num_layers=0),
        lambda: nn.LSTM(WIDTH, HIDDEN, proj_size=HIDDEN),
        lambda: nn.LSTM(WIDTH, HIDDEN, dropout=2.0),
        lambda: model(torch.rand(LENGTH)),
        lambda: model(torch.rand(LENGTH, BATCH, WIDTH + 1)),
        lambda: model(_sequence(), (torch.zeros(1, 1, 1), torch.zeros(1, 1, 1))),
        lambda: model(_sequence(), (torch.zeros(1, 1), torch.zeros(1, 1))),
    ):
        _must_raise(action)


def _model(**options: object) -> nn.LSTM:
    return nn.LSTM(WIDTH, HIDDEN, **options)


def _sequence() -> Tensor:
    return torch.rand(LENGTH, BATCH, WIDTH)


def _must_raise(action: Callable[[], object]) -> None:
    try:
        action()
    except (AssertionError, RuntimeError, TypeError, ValueError):
        return
    raise AssertionError("the scenario's wrong input was taken")


_ALL = (
    construction,
    training,
    evaluation,
    states_given,
    packed_sequence,
    bidirectional,
    projected,
    unbatched,
    moved,
    errors,
)
