"""What a run took from the lab as JSON, both ways, read with the suspicion that all records get.

It has the form of `srcread.lab.told.account`: the child hands that over, and the file keeps it.
"""

from __future__ import annotations

from typing import Any

from srcread.evidence.fields import each_of, field_of, texts_of
from srcread.evidence.loading import Unusable
from srcread.model import Lab, NetworkLine, RecordedNetwork

_LISTS = ("given", "stood_in", "references")
_READ = "read"  # not in records of before


def lab_json(lab: Lab) -> dict[str, Any]:
    """Return it as plain JSON values."""
    return {
        "trees": dict(lab.trees),
        "extracted": dict(lab.extracted),
        **{name: list(getattr(lab, name)) for name in _LISTS},
        "networks": [_network_json(network) for network in lab.networks],
        **({_READ: list(lab.read)} if lab.read else {}),
    }


def read_lab(value: object) -> Lab:
    """Read it.

    Raises:
        Unusable: a key is missing or of a wrong kind.
    """
    given, stood_in, references = (
        tuple(each_of(field_of(value, name, list), str, name)) for name in _LISTS
    )
    return Lab(
        trees=texts_of(value, "trees"),
        extracted=texts_of(value, "extracted"),
        given=given,
        stood_in=stood_in,
        references=references,
        networks=tuple(_network(one) for one in field_of(value, "networks", list)),
        read=tuple(each_of(_texts_read(value), str, _READ)),
    )


def _texts_read(value: object) -> list[Any]:
    absent = isinstance(value, dict) and _READ not in value
    return [] if absent else field_of(value, _READ, list)


def _network_json(network: RecordedNetwork) -> dict[str, Any]:
    return {
        "title": network.title,
        "layers": network.layers,
        "inputs": network.inputs,
        "outputs": network.outputs,
        "modules": [[name, dict(kinds)] for name, kinds in network.modules],
        "lines": [
            [line.symbol, line.offset, dict(line.made), dict(line.led_to)] for line in network.lines
        ],
    }


def _network(value: object) -> RecordedNetwork:
    modules = [_row(row, (str, dict)) for row in field_of(value, "modules", list)]
    lines = [_row(row, (str, int, dict, dict)) for row in field_of(value, "lines", list)]
    return RecordedNetwork(
        title=field_of(value, "title", str),
        layers=field_of(value, "layers", int),
        inputs=field_of(value, "inputs", int),
        outputs=field_of(value, "outputs", int),
        modules=tuple((name, _counts(kinds)) for name, kinds in modules),
        lines=tuple(
            NetworkLine(symbol, offset, _counts(made), _counts(led_to))
            for symbol, offset, made, led_to in lines
        ),
    )


def _row(value: object, kinds: tuple[type, ...]) -> list[Any]:
    if type(value) is not list or [type(one) for one in value] != list(kinds):
        raise Unusable("EVID004", "has a row of a recorded network that is of a wrong kind")
    return value


def _counts(value: dict[Any, Any]) -> dict[str, int]:
    for name, count in value.items():
        if type(name) is not str or type(count) is not int or count < 1:
            raise Unusable("EVID004", "has calls of a recorded network that are no counts")
    return {name: value[name] for name in sorted(value)}
