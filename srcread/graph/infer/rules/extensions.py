"""Extensions that a call builds and loads: modules of C++, named by the call, without a stub.

Which functions do so and how their parameters are called is said by the idioms. What such a module
holds is native, and says from which sources it is built; sources that are texts of C++ stand in the
file itself.

For example, `ext = load(name="ext", sources=["ext.cpp"])`: `built` answers the native module
`ext`, "an extension built from ext.cpp"; `ext.forward(x)` is a call of `ext.forward` in it.
"""

from __future__ import annotations

from collections.abc import Mapping

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import (
    NOTHING,
    Constant,
    Native,
    Sequence,
    Values,
    ordered,
    unknown,
)
from srcread.graph.native.extensions import said_of


def built(
    ask: Interpreter, function: str, arguments: list[Values], keywords: Mapping[str, Values]
) -> Values:
    """Return the module that a call builds; NOTHING for functions that build none."""
    parameters = ask.idioms.builds_extension.get(function.partition("~")[0])
    if parameters is None:
        return NOTHING
    given = {**dict(zip(parameters, arguments, strict=False)), **keywords}
    names = _texts(given.get(parameters[0], NOTHING))
    sources = [text for name in parameters[1:] for text in _texts(given.get(name, NOTHING))]
    files = [text for text in sources if "\n" not in text and " " not in text]
    said = said_of(files) if files or not sources else "an extension built from C++ in this file"
    found = frozenset(Native(name, built_from=said) for name in names if name)
    return found or unknown("it is an extension whose name is made when it is built")


def _texts(values: Values) -> list[str]:
    """Return the texts among some values, those in lists too."""
    found: list[str] = []
    for value in ordered(values):
        match value:
            case Constant(str(text)):
                found.append(text)
            case Sequence(items):
                found += _texts(items)
    return found
