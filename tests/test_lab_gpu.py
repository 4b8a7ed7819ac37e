"""Stand-ins for what needs a GPU: attention equals a naive one, kernels run, all is put back."""

from __future__ import annotations

import importlib
import importlib.util
import math
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch")

from hypothesis import given, settings  # noqa: E402  behind the skip
from hypothesis import strategies as st  # noqa: E402  behind the skip

from srcread.lab import told  # noqa: E402  behind the skip
from srcread.lab.gpu import Memory, StandInError, standing_in  # noqa: E402  behind the skip
from srcread.lab.gpu.flash import (  # noqa: E402  behind the skip
    flash_attn_varlen_func,
    flash_attn_with_kvcache,
)
from srcread.lab.gpu.triton import jit, triton_modules  # noqa: E402  behind the skip

PAGE = 256
HEADS, KEY_HEADS, SIZE = 4, 2, 3


def random(*shape: int, seed: int = 0) -> Any:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def naive(q: Any, k: Any, v: Any, scale: float, causal: bool) -> Any:
    """Attend by loops: a query sees as many keys as stand before it, counted from the end."""
    out = torch.zeros_like(q)
    for row in range(len(q)):
        seen = len(k) - len(q) + row + 1 if causal else len(k)
        for head in range(q.shape[1]):
            other = head // (q.shape[1] // k.shape[1])
            scores = [float(q[row, head] @ k[at, other]) * scale for at in range(max(seen, 0))]
            total = sum(math.exp(one) for one in scores)
            for at, score in enumerate(scores):
                out[row, head] += math.exp(score) / total * v[at, other]
    return out


def starts(lengths: list[int]) -> Any:
    return torch.tensor([0, *torch.tensor(lengths).cumsum(0).tolist()], dtype=torch.int32)


LENGTHS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), min_size=1, max_size=3)


@settings(deadline=None, max_examples=40)
@given(LENGTHS, st.booleans())
def test_packed_sequences_are_attended_each_by_itself(
    lengths: list[tuple[int, int]], causal: bool
) -> None:
    of_q, of_k = [one for one, _ in lengths], [one for _, one in lengths]
    q, k, v = (
        random(sum(of), heads, SIZE, seed=seed)
        for seed, (of, heads) in enumerate([(of_q, HEADS), (of_k, KEY_HEADS), (of_k, KEY_HEADS)])
    )
    given = starts(of_q), starts(of_k), max(of_q), max(of_k)
    out = flash_attn_varlen_func(q, k, v, *given, softmax_scale=0.7, causal=causal)
    parts = zip(q.split(of_q), k.split(of_k), v.split(of_k), strict=True)
    expected = torch.cat([naive(*part, 0.7, causal) for part in parts])
    torch.testing.assert_close(out, expected)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(1, 2 * PAGE), min_size=1, max_size=3), st.randoms())
def test_a_paged_cache_is_read_in_the_order_of_its_block_table(
    lengths: list[int], shuffle: Any
) -> None:
    ids = list(range(2 * len(lengths)))
    shuffle.shuffle(ids)
    table = torch.tensor(ids, dtype=torch.int32).view(-1, 2)
    k, v = (random(len(ids), PAGE, KEY_HEADS, SIZE, seed=seed) for seed in (1, 2))
    q = random(len(lengths), 1, HEADS, SIZE)
    whole = [
        torch.cat([one[block] for block in row.tolist()])[:length]
        for one in (k, v)
        for row, length in zip(table, lengths, strict=True)
    ]
    own_k, own_v = whole[: len(lengths)], whole[len(lengths) :]
    scale = SIZE**-0.5
    out = flash_attn_with_kvcache(
        q, k, v, cache_seqlens=torch.tensor(lengths), block_table=table, causal=True
    )
    expected = [naive(*one, scale, True) for one in zip(q, own_k, own_v, strict=True)]
    torch.testing.assert_close(out, torch.stack(expected))
    packed = flash_attn_varlen_func(
        *(q[:, 0], k, v, starts([1] * len(lengths)), starts(lengths), 1, 2 * PAGE),
        block_table=table,
    )
    torch.testing.assert_close(packed, out[:, 0])


def test_blocks_beyond_a_sequence_s_length_may_be_absent_and_are_not_read() -> None:
    q, cache = random(1, 1, 2, 2), random(1, PAGE, 2, 2, seed=1)
    table = torch.tensor([[0, -1]], dtype=torch.int32)
    given = {"block_table": table, "cache_seqlens": torch.tensor([7])}
    out = flash_attn_with_kvcache(q, cache, cache, **given)
    cache[:, 7:] = math.nan
    assert torch.equal(out, flash_attn_with_kvcache(q, cache, cache, **given))
    given["cache_seqlens"] = torch.tensor([PAGE + 1])
    with pytest.raises(StandInError, match=r"Blocks \[0, -1\] of 1 do not hold 257"):
        flash_attn_with_kvcache(q, cache, cache, **given)


def test_a_query_without_a_key_in_sight_gives_zeros() -> None:
    q, k = random(3, 1, 2), random(1, 1, 2)
    out = flash_attn_varlen_func(q, k, k, starts([3]), starts([1]), 3, 1, causal=True)
    assert out[:2].eq(0).all() and torch.equal(out[2], k[0])


def test_bfloat16_is_computed_in_float32_and_rounded_once() -> None:
    q, k, v = (random(5, 2, 4, seed=seed).bfloat16() for seed in range(3))
    given = starts([5]), starts([5]), 5, 5
    wide = flash_attn_varlen_func(q.float(), k.float(), v.float(), *given)
    assert torch.equal(flash_attn_varlen_func(q, k, v, *given), wide.bfloat16())


Q = torch.zeros(2, 2, 4)
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "dropout": (r"dropout_p=0\.5 is not computed", {"dropout_p": 0.5}),
    "a window": (r"window_size=\(2, 0\) is not computed", {"window_size": (2, 0)}),
    "lengths of int64": ("int32", {"cu_seqlens_q": torch.tensor([0, 2])}),
    "a start that is not 0": (
        "begin with 0",
        {"cu_seqlens_k": torch.tensor([1, 2], dtype=torch.int32)},
    ),
    "a maximum below a length": ("max_seqlen_k is 1", {"max_seqlen_k": 1}),
    "rows beyond the last": (
        "ends at 1",
        {"cu_seqlens_q": torch.tensor([0, 1], dtype=torch.int32)},
    ),
    "heads that do not divide": ("do not fit", {"k": torch.zeros(2, 3, 4)}),
    "two types": ("not of one type", {"v": torch.zeros(2, 2, 4).half()}),
    "a page of 16": (
        "multiple of 256",
        {
            **{"k": torch.zeros(1, 16, 2, 4), "v": torch.zeros(1, 16, 2, 4)},
            "block_table": torch.zeros(1, 1, dtype=torch.int32),
        },
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_kernel_may_not_be_asked_raises(case: str) -> None:
    message, change = REFUSED[case]
    given = {"q": Q, "k": Q, "v": Q, "cu_seqlens_q": starts([2]), "cu_seqlens_k": starts([2])}
    given |= {"max_seqlen_q": 2, "max_seqlen_k": 2}
    with pytest.raises(StandInError, match=message):
        flash_attn_varlen_func(**{**given, **change})


def test_an_argument_of_no_function_of_flash_attn_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="no argument 'dropuot_p'"):
        flash_attn_varlen_func(Q, Q, Q, starts([2]), starts([2]), 2, 2, dropuot_p=0.0)


tl: Any = triton_modules()["triton.language"]


@jit
def scatter(source: Any, stride: int, target: Any, places: Any, D: int) -> None:
    program = tl.program_id(0)
    place = tl.load(places + program)
    if place == -1:
        return
    row = tl.load(source + (program * stride + tl.arange(0, D)))
    tl.store(target + (place * D + tl.arange(0, D)), row)


@settings(deadline=None, max_examples=30)
@given(st.permutations(range(6)), st.integers(0, 6), st.sampled_from([1, 2, 8]))
def test_a_kernel_of_rows_writes_what_indexing_writes(
    places: list[int], hidden: int, width: int
) -> None:
    kept = [place if place < hidden else -1 for place in places]
    source = random(6, width + 3)[:, 2:-1]  # rows that do not lie side by side
    target, expected = random(6, width, seed=1), random(6, width, seed=1)
    scatter[(6,)](source, source.stride(0), target, torch.tensor(kept), width, num_warps=4)
    for row, place in enumerate(kept):
        if place >= 0:
            expected[place] = source[row]
    assert torch.equal(target, expected)


def test_masked_elements_are_neither_read_nor_written_and_a_grid_may_be_a_function() -> None:
    @jit
    def double(x: Any, y: Any, N: int, BLOCK: Any) -> None:
        at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
        tl.store(y + at, tl.load(x + at, mask=at < N, other=9.0) * 2, mask=at < N)

    x, y = random(5), torch.zeros(5, dtype=torch.float64)
    double[lambda given: (tl.cdiv(given["N"], given["BLOCK"]),)](x, y, 5, BLOCK=4)
    assert torch.equal(y, 2 * x)


def test_a_kernel_s_mistakes_are_named() -> None:
    x = torch.zeros(4)

    @jit
    def wrong(x: Any, size: Any, at: int) -> None:
        tl.load(x + (at + tl.arange(0, size)))

    with pytest.raises(StandInError, match="a power of two, not 3"):
        wrong[(1,)](x, 3, 0)
    with pytest.raises(StandInError, match="Element 4 is read, and the tensor's storage holds 4"):
        wrong[(1,)](x, 2, 3)
    with pytest.raises(StandInError, match="Element -1 is read"):
        wrong[(1,)](x, 2, -1)
    with pytest.raises(StandInError, match="without a grid"):
        wrong(x, 2, 0)
    with pytest.raises(StandInError, match="No program runs"):
        tl.program_id(0)
    with pytest.raises(StandInError, match=r"'dot' of triton\.language is not stood in for"):
        _ = tl.dot


ENGINE = """
import torch, torch.distributed, triton, triton.language as tl
from flash_attn import flash_attn_varlen_func

@torch.compile
def twice(x):
    return 2 * x

made = torch.tensor([1], pin_memory=True).cuda(non_blocking=True)
free, total = torch.cuda.mem_get_info()
place = torch.distributed.get_rank(), torch.distributed.get_world_size()
"""


@pytest.mark.skipif(torch.cuda.is_available(), reason="here CUDA is not stood in for")
def test_a_framework_finds_what_it_asks_for_and_all_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "engine_of_a_test.py").write_text(ENGINE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(told, "stand_ins", [])
    before = torch.compile, torch.tensor, torch.Tensor.cuda, torch.cuda.mem_get_info
    with standing_in("engine_of_a_test", memory=Memory(100, 70), rank=1, world_size=2) as stand_in:
        engine = importlib.import_module("engine_of_a_test")
        assert (engine.free, engine.total, engine.place) == (70, 100, (1, 2))
        assert engine.made.device.type == "cpu" and engine.twice(3) == 6
        assert importlib.util.find_spec("flash_attn") is not None
        assert importlib.util.find_spec("triton.language") is not None
        with pytest.raises(StandInError, match="all_reduce needs the other processes"):
            torch.distributed.all_reduce(engine.made)
        with pytest.raises(ImportError, match="flash_attn_func"):
            exec("from flash_attn import flash_attn_func")
    assert before == (torch.compile, torch.tensor, torch.Tensor.cuda, torch.cuda.mem_get_info)
    assert not {"engine_of_a_test", "flash_attn"} & sys.modules.keys()
    account = told.account()
    assert account is not None and account["stood_in"] == sorted(stand_in.stood_in_for)
    assert {"flash_attn", "triton", "torch.compile"} <= set(account["stood_in"])
