"""The page of figures, from the numbers alone: the same numbers give the same page.

Columns are ordered by what is worst: in the table beside other tools the ones that srcread loses
come first, in its own table the ones that are farthest below their goal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.call_graph.subjects import SUBJECTS

from .peers import PEERS
from .words import BESIDE, HEAD, MICRO, OWN, PROGRAMS

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in a row, its head, and the goal of its share, None without one."""

    key: str
    head: str
    goal: float | None = None


_SHARES = (
    Column("forward", "module calls", 0.97),
    Column("own", "own explicit calls", 0.97),
    Column("builtins", "builtins"),
    Column("resolved", "right of resolved", 0.97),
    Column("all", "right of all", 0.88),
)
_PAIRS = (
    Column("forward", "module calls"),
    Column("own", "own explicit calls"),
    Column("builtins", "builtins"),
    Column("precision", "right of what is said"),
)
_COSTS = (Column("units", "CPU, units"), Column("megabytes", "MB"))
_COST_KEYS = frozenset(item.key for item in _COSTS)


def page(results: Row) -> str:
    """Return the whole page as Markdown."""
    lines = [HEAD.format(versions=_versions(results)), *_own(results.get("srcread", {}))]
    lines += [BESIDE, *_beside(results), *_said(results.get("peers", {}))]
    lines += [MICRO, *_micro(results.get("micro", {}))]
    return "\n".join(lines) + "\n"


def _versions(results: Row) -> str:
    versions = {name: text.partition("+")[0] for name, text in results.get("versions", {}).items()}
    return ", ".join(f"{name} {text}" for name, text in sorted(versions.items()) if text)


def _own(rows: Row) -> Iterator[str]:
    measured = {name: row for name, row in rows.items() if "failed" not in row}
    sums = {item.key: _sum(measured.values(), item.key) for item in _SHARES}
    shares = sorted(_SHARES, key=lambda item: _below_goal(item, sums[item.key]), reverse=True)
    heads = [item.head for item in shares] + ["unresolved", "built, never entered", "functions"]
    yield OWN
    yield from _head(["entry", *heads, *(item.head for item in _COSTS)])
    totals = [_share(sums[item.key]) for item in shares]
    lost = f"{_sum(measured.values(), 'built')[0]}"
    yield _line(["**all**", *totals, _percent(_sum(measured.values(), "unresolved")), lost])
    for subject in SUBJECTS:
        row = rows.get(subject.entry)
        if row is None:
            yield _line([f"`{subject.entry}`", "not measured"])
        elif "failed" in row:
            yield _line([f"`{subject.entry}`", row["failed"].replace("|", "/")])
        else:
            yield _line([f"`{subject.entry}`", *_cells(row, shares)])


def _cells(row: Row, shares: Sequence[Column]) -> list[str]:
    lost, built = row["built"]
    return [
        *(_share(row[item.key]) for item in shares),
        _percent(row["unresolved"]),
        f"{lost} ({built})",
        str(row["functions"]),
        f"{row['units']:.1f}",
        str(row["megabytes"]),
    ]


def _beside(results: Row) -> Iterator[str]:
    """Yield the table over the subjects that every tool which answered has read."""
    tables = {
        "srcread": {
            name: row["pairs"] | {item.key: row[item.key] for item in _COSTS}
            for name, row in results.get("srcread", {}).items()
            if "failed" not in row
        }
    }
    for name, rows in results.get("peers", {}).items():
        answered = {entry: row for entry, row in rows.items() if "failed" not in row}
        if answered:
            tables[name] = answered
    common = set.intersection(*(set(rows) for rows in tables.values()))
    chosen = {name: [rows[key] for key in sorted(common)] for name, rows in tables.items()}
    columns = sorted((*_PAIRS, *_COSTS), key=lambda item: _loss(chosen, item.key), reverse=True)
    yield "Subjects: " + ", ".join(f"`{name}`" for name in sorted(common)) + "."
    yield ""
    yield from _head(["tool", *(item.head for item in columns)])
    for name in ("srcread", *(peer.name for peer in PEERS if peer.name in tables)):
        yield _line([_tool(name), *(_cell(chosen[name], item.key) for item in columns)])


def _cell(rows: Sequence[Row], key: str) -> str:
    if key in _COST_KEYS:
        return f"{_cost(rows, key):.0f}"
    return _share(_sum(rows, key))


def _cost(rows: Sequence[Row], key: str) -> float:
    """Return the sum of the units, or the largest memory, of some rows."""
    values = [row[key] for row in rows]
    return sum(values) if key == "units" else max(values, default=0)


def _tool(name: str) -> str:
    versions = {peer.name: peer.version for peer in PEERS}
    return f"{name} {versions[name]}" if name in versions else f"**{name}**"


def _said(peers: Row) -> Iterator[str]:
    for peer in PEERS:
        for entry, row in sorted(peers.get(peer.name, {}).items()):
            if "failed" in row:
                yield f"\n{peer.name} {peer.version} on `{entry}`: {row['failed']}"


def _micro(rows: Row) -> Iterator[str]:
    yield from _head(["programs", "exact"])
    for name, (programs, _) in PROGRAMS.items():
        exact = _share(rows[name]["exact"]) if name in rows else "not measured"
        yield _line([f"{name}, {programs}", exact])


def _sum(rows: Sequence[Row] | Any, key: str) -> tuple[int, int]:
    shares = [row[key] for row in rows]
    return sum(share[0] for share in shares), sum(share[1] for share in shares)


def _below_goal(column: Column, share: tuple[int, int]) -> float:
    """Say how far below its goal a column is; those without a goal come last."""
    if column.goal is None or not share[1]:
        return -1.0
    return column.goal - share[0] / share[1]


def _loss(tables: Mapping[str, Sequence[Row]], key: str) -> float:
    """Say by which part of its own the best other tool is ahead of srcread in a column."""
    if key in _COST_KEYS:
        costs = {name: _cost(rows, key) for name, rows in tables.items()}
        ours = costs.pop("srcread")
        return ours / max(min(costs.values(), default=ours), 1.0) - 1.0
    parts = {name: _ratio(_sum(rows, key)) for name, rows in tables.items()}
    ours = parts.pop("srcread")
    return max(parts.values(), default=0.0) - ours


def _ratio(share: tuple[int, int]) -> float:
    return share[0] / share[1] if share[1] else 0.0


def _share(share: Sequence[int]) -> str:
    found, total = share
    return f"{found / total:.2f} ({found} of {total})" if total else "none"


def _percent(share: Sequence[int]) -> str:
    return f"{100 * share[0] / share[1]:.1f} %" if share[1] else "none"


def _head(cells: Sequence[str]) -> Iterator[str]:
    yield _line(cells)
    yield "|" + "---|" * len(cells)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
