"""flash-attn's attention over sequences of several lengths and over a paged cache, by plain torch.

The rules are those that flash-attn 2 documents beside its functions (flash_attn_interface.py and
README, https://github.com/Dao-AILab/flash-attention):

- a causal mask is aligned to the bottom right: the last query sees the last key, and a query with
  no key in sight gives zeros;
- with `Hq` query heads and `Hk` heads of keys, query head `h` uses head `h // (Hq // Hk)`;
- scores are scaled by `softmax_scale`, by `1 / sqrt(head_dim)` where it is None;
- a paged cache is `(blocks, block_size, Hk, head_dim)`, the block size a multiple of 256, and row
  `b` of a block table says in which blocks sequence `b` lies, in order.

Types narrower than float32 are computed in float32 and rounded once; a kernel rounds the weights
before it multiplies them with the values, too. Any floating type is taken, a kernel takes fp16 and
bf16. An argument that is not computed here raises, and is never passed over. Where a kernel would
read beyond its memory in silence, this raises.
"""

from __future__ import annotations

import itertools
import math
from types import ModuleType
from typing import Any

import torch

from srcread.errors import SrcreadError

PAGE_MULTIPLE = 256
"""What a block of a paged cache must be a multiple of, by flash-attn 2."""

_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "dropout_p": (0.0,),
    "window_size": ((-1, -1),),
    "softcap": (0.0,),
    "alibi_slopes": (None,),
    "return_attn_probs": (False,),
    "k": (None,),
    "v": (None,),
    "rotary_cos": (None,),
    "rotary_sin": (None,),
    "cache_batch_idx": (None,),
    "cache_leftpad": (None,),
    "return_softmax_lse": (False,),
}
"""Arguments that are taken only where they change nothing."""

_INDIFFERENT = frozenset(("deterministic", "num_splits", "rotary_interleaved"))
"""Arguments that change nothing of what is computed here."""


class StandInError(SrcreadError):
    """A stand-in was asked for what it does not do, or for what a kernel may not be asked."""


def flash_attn_varlen_func(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    cu_seqlens_q: torch.Tensor,
    cu_seqlens_k: torch.Tensor,
    max_seqlen_q: int,
    max_seqlen_k: int,
    softmax_scale: float | None = None,
    causal: bool = False,
    block_table: torch.Tensor | None = None,
    **others: Any,
) -> torch.Tensor:
    """Attend within each sequence of a packed batch, and return `(total_q, Hq, head_dim)`.

    `q` is `(total_q, Hq, head_dim)`. Rows `cu_seqlens_q[b]` to `cu_seqlens_q[b + 1]` are sequence
    `b`; `k` and `v` lie likewise by `cu_seqlens_k`, or with a `block_table` in the blocks of a
    paged cache, where the differences of `cu_seqlens_k` are lengths.

    Raises:
        StandInError: the arguments do not fit, or one is not computed here.
    """
    _refuse(others)
    _check(q, k, v, block_table)
    queries, keys = (
        _bounds("q", cu_seqlens_q, max_seqlen_q),
        _bounds("k", cu_seqlens_k, max_seqlen_k),
    )
    if len(queries) != len(keys):
        raise StandInError(f"cu_seqlens_q tells of {len(queries)} sequences, _k of {len(keys)}.")
    if queries and queries[-1][1] != len(q):
        raise StandInError(f"cu_seqlens_q ends at {queries[-1][1]}, and q has {len(q)} rows.")
    out = torch.empty_like(q)
    for number, ((start, end), (first, last)) in enumerate(zip(queries, keys, strict=True)):
        if block_table is None:
            own_k, own_v = k[first:last], v[first:last]
        else:
            own_k, own_v = _paged(k, v, block_table[number], last - first)
        out[start:end] = attend(q[start:end], own_k, own_v, softmax_scale, causal)
    return out


def flash_attn_with_kvcache(
    q: torch.Tensor,
    k_cache: torch.Tensor,
    v_cache: torch.Tensor,
    *,
    cache_seqlens: int | torch.Tensor | None = None,
    block_table: torch.Tensor | None = None,
    softmax_scale: float | None = None,
    causal: bool = False,
    **others: Any,
) -> torch.Tensor:
    """Attend from `q` `(batch, seq_q, Hq, head_dim)` to a cache, and return the shape of `q`.

    The cache is `(batch, seq_k, Hk, head_dim)`, or paged with a `block_table`. Of sequence `b` the
    first `cache_seqlens[b]` positions count, all where it is None.

    Raises:
        StandInError: the arguments do not fit, or one is not computed here.
    """
    _refuse(others)
    _check(q, k_cache, v_cache, block_table)
    whole = k_cache.shape[1] * (1 if block_table is None else block_table.shape[1])
    given = whole if cache_seqlens is None else cache_seqlens
    lengths = given.tolist() if isinstance(given, torch.Tensor) else [given] * len(q)
    if len(lengths) != len(q) or max(lengths, default=0) > whole:
        raise StandInError(f"cache_seqlens {lengths} do not fit {len(q)} rows of {whole} places.")
    out = torch.empty_like(q)
    for number, length in enumerate(lengths):
        if block_table is None:
            own_k, own_v = k_cache[number, :length], v_cache[number, :length]
        else:
            own_k, own_v = _paged(k_cache, v_cache, block_table[number], length)
        out[number] = attend(q[number], own_k, own_v, softmax_scale, causal)
    return out


def attend(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, scale: float | None, causal: bool
) -> torch.Tensor:
    """Attend within one sequence: `q` is `(seq_q, Hq, head_dim)`, `k` and `v` `(seq_k, Hk, …)`."""
    wide = torch.promote_types(q.dtype, torch.float32)
    groups = q.shape[1] // k.shape[1]
    k, v = (one.to(wide).repeat_interleave(groups, dim=1) for one in (k, v))
    scale = q.shape[-1] ** -0.5 if scale is None else scale
    scores = torch.einsum("qhd,khd->hqk", q.to(wide), k) * scale
    if causal:
        seq_q, seq_k = q.shape[0], k.shape[0]
        hidden = torch.ones(seq_q, seq_k, dtype=torch.bool, device=q.device)
        scores = scores.masked_fill(hidden.triu(seq_k - seq_q + 1), -math.inf)
    weights = scores.softmax(dim=-1).nan_to_num(0.0) if k.shape[0] else scores
    return torch.einsum("hqk,khd->qhd", weights, v).to(q.dtype)


def flash_attn_module() -> ModuleType:
    """Return a module with flash-attn's names that are stood in for."""
    module = ModuleType("flash_attn", "A stand-in that computes with torch.")
    vars(module).update(
        __version__="2.8.3",
        __getattr__=_absent,
        flash_attn_varlen_func=flash_attn_varlen_func,
        flash_attn_with_kvcache=flash_attn_with_kvcache,
    )
    return module


def _absent(name: str) -> Any:
    raise AttributeError(
        f"{name!r} of flash_attn is not stood in for, but for flash_attn_varlen_func and "
        "flash_attn_with_kvcache."
    )


def _paged(
    k: torch.Tensor, v: torch.Tensor, blocks: torch.Tensor, length: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the first positions of a sequence that lies in blocks; only those in use are read."""
    size = k.shape[1]
    used = blocks[: -(-length // size)].long()
    if len(used) * size < length or any(not 0 <= one < len(k) for one in used.tolist()):
        raise StandInError(f"Blocks {blocks.tolist()} of {len(k)} do not hold {length} positions.")
    own_k, own_v = (one[used].flatten(0, 1)[:length] for one in (k, v))
    return own_k, own_v


def _bounds(which: str, cumulative: torch.Tensor, longest: int) -> list[tuple[int, int]]:
    if cumulative.dtype != torch.int32:
        raise StandInError(f"cu_seqlens_{which} is {cumulative.dtype}: flash-attn takes int32.")
    ends = cumulative.tolist()
    bounds = list(itertools.pairwise(ends))
    if ends[:1] != [0] or any(end < start for start, end in bounds):
        raise StandInError(f"cu_seqlens_{which} {ends} does not begin with 0 and grow.")
    if any(end - start > longest for start, end in bounds):
        raise StandInError(f"max_seqlen_{which} is {longest}, and a sequence of {ends} is longer.")
    return bounds


def _check(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, block_table: torch.Tensor | None
) -> None:
    if k.shape != v.shape or q.shape[-1] != k.shape[-1] or q.shape[-2] % k.shape[-2]:
        shapes = [tuple(one.shape) for one in (q, k, v)]
        raise StandInError(f"q, k and v {shapes} do not fit by their heads and sizes.")
    if not q.is_floating_point() or not q.dtype == k.dtype == v.dtype:
        raise StandInError(f"q, k and v are {q.dtype}, {k.dtype} and {v.dtype}: not of one type.")
    if block_table is None:
        return
    if block_table.dtype != torch.int32:
        raise StandInError(f"block_table is {block_table.dtype}: flash-attn takes int32.")
    if k.dim() != 4 or k.shape[1] % PAGE_MULTIPLE:
        raise StandInError(
            f"A paged cache is (blocks, block_size, heads, head_dim), the block size a multiple "
            f"of {PAGE_MULTIPLE}: not {tuple(k.shape)}."
        )


def _refuse(others: dict[str, Any]) -> None:
    for name, value in others.items():
        if name in _INDIFFERENT:
            continue
        if name not in _NEUTRAL:
            raise TypeError(f"flash-attn's functions have no argument {name!r} here")
        if not any(value is one or value == one for one in _NEUTRAL[name]):
            raise StandInError(f"{name}={value!r} is not computed by the stand-in.")
