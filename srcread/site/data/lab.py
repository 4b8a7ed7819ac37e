"""What a page says of a run without an installation: its sources, stand-ins, recorded networks.

A network is shown twice: in its note's card, layers by module and calls by line, and at the ends of
the lines of the functions that made the calls. Of several networks that reach a function the page
shows that of its own notes first; it names the step whose run it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from srcread.model import Lab, NetworkLine, RecordedNetwork, Run
from srcread.site.data.address import note_anchor, short_name
from srcread.site.data.layout import Layout, line_address

_TIMES = "\N{MULTIPLICATION SIGN}"


class CallRow(NamedTuple):
    """A line and the calls that it made; `href` is None where it has no page."""

    name: str
    line: int
    href: str | None
    calls: str


class NetworkView(NamedTuple):
    """A recorded network: its counts, layers by module, and the lines that made calls."""

    title: str
    layers: int
    inputs: int
    outputs: int
    modules: tuple[tuple[str, int, str], ...]
    lines: tuple[CallRow, ...]


class LabView(NamedTuple):
    """What a run took from the lab; names of trees and functions stand with their digests."""

    trees: tuple[tuple[str, str], ...]
    extracted: tuple[tuple[str, str], ...]
    given: tuple[str, ...]
    stood_in: tuple[str, ...]
    references: tuple[str, ...]
    networks: tuple[NetworkView, ...]
    read: tuple[str, ...]


class LineCalls(NamedTuple):
    """The calls that the lines of one function made, by line, and where they were recorded."""

    title: str
    step: int
    href: str
    calls: Mapping[int, str]


def lab_of(layout: Layout, run: Run) -> LabView | None:
    """Return what a run took from the lab, None where it took nothing."""
    lab = run.lab
    if lab is None or lab == Lab():
        return None
    return LabView(
        trees=tuple(lab.trees.items()),
        extracted=tuple(lab.extracted.items()),
        given=lab.given,
        stood_in=lab.stood_in,
        references=lab.references,
        networks=tuple(_network(layout, network) for network in lab.networks),
        read=lab.read,
    )


def calls_on(layout: Layout, page: str) -> LineCalls | None:
    """Return what stands at the ends of a function's lines, None where no network shows it."""
    own = {*layout.steps.get(page, ()), *(number for number, _ in layout.also.get(page, ()))}
    numbers = range(len(layout.view.tour.steps))
    for number in sorted(numbers, key=lambda number: (number not in own, number)):
        stem = layout.view.tour.steps[number].note.stem
        standing = layout.view.standings.get(stem)
        lab = standing.run.lab if standing and standing.run else None
        for network in lab.networks if lab else ():
            calls = _calls_of(layout, network, page)
            if calls and number in layout.page_of_step:
                file = layout.opening[number]
                return LineCalls(network.title, number + 1, f"{file}#{note_anchor(stem)}", calls)
    return None


def _calls_of(layout: Layout, network: RecordedNetwork, page: str) -> Mapping[int, str]:
    symbol = layout.symbols[page]
    first, last = symbol.range.first_line, symbol.range.last_line
    lines = [(first + line.offset, line) for line in network.lines if line.symbol == page]
    return {at: _said(line.made) for at, line in lines if line.made and first <= at <= last}


def _network(layout: Layout, network: RecordedNetwork) -> NetworkView:
    return NetworkView(
        title=network.title,
        layers=network.layers,
        inputs=network.inputs,
        outputs=network.outputs,
        modules=tuple((name, sum(kinds.values()), _said(kinds)) for name, kinds in network.modules),
        lines=tuple(_row(layout, line) for line in network.lines if line.made),
    )


def _row(layout: Layout, line: NetworkLine) -> CallRow:
    name = line.symbol
    symbol = layout.symbols.get(name)
    at = (symbol.range.first_line if symbol else 1) + line.offset
    href = line_address(layout, name, at)
    return CallRow(short_name(name), at if symbol else line.offset, href, _said(line.made))


def _said(counts: Mapping[str, int]) -> str:
    """Write methods or kinds, each that stands several times with its count."""
    return ", ".join(
        name if count == 1 else f"{name} {_TIMES}{count}" for name, count in counts.items()
    )
