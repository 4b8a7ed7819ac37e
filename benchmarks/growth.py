"""How the cost of a graph grows with its input: generated files of growing size, by shape.

    python -m benchmarks.growth [SHAPE...] [--sizes 250,500,1000,2000] [--limit SECONDS]

For each shape and size CPU as a ratio to the unit (benchmarks/costs.py), less that of size 1, and
the exponent between two sizes: 1 is linear growth, 2 is quadratic. A run that does not end within
the limit is told, and larger ones of its shape are left out.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.costs import srcread, unit

FILE = "grown.py"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help=", ".join(SHAPES))
    parser.add_argument("--sizes", default="250,500,1000,2000")
    parser.add_argument("--limit", type=float, default=300, metavar="SECONDS")
    arguments = parser.parse_args()
    if unknown := set(arguments.shapes) - set(SHAPES):
        parser.error(f"there is no shape {min(unknown)!r}; there are {', '.join(SHAPES)}")
    sizes = [int(size) for size in arguments.sizes.split(",")]
    seconds = unit()
    print("| shape | n | CPU, units | exponent | MB |\n|---|---|---|---|---|")
    for name in arguments.shapes or SHAPES:
        for line in rows(name, sizes, arguments.limit, seconds):
            print(line, flush=True)


def rows(name: str, sizes: Sequence[int], limit: float, unit_seconds: float) -> Iterator[str]:
    """Yield the lines of one shape, up to the first size that does not end."""
    base = _cost(name, 1, limit)[0]
    before: tuple[int, float] | None = None
    for size in sizes:
        seconds, megabytes, ended = _cost(name, size, limit)
        if not ended:
            yield f"| {name} | {size} | no end in {limit:.0f} s | | {megabytes:.0f} |"
            return
        own = max(seconds - base, 0.0)
        power = exponent(before, (size, own))
        yield f"| {name} | {size} | {own / unit_seconds:.2f} | {power} | {megabytes:.0f} |"
        before = size, own


def exponent(before: tuple[int, float] | None, after: tuple[int, float]) -> str:
    """Say by which power of the size the cost has grown; nothing where it is too small to tell."""
    if before is None or before[1] < 0.05 or after[1] < 0.05:
        return ""
    return f"{math.log(after[1] / before[1]) / math.log(after[0] / before[0]):.2f}"


def chain(size: int) -> Iterator[str]:
    """Functions, each of which calls the next."""
    for number in range(size):
        yield f"def f{number}(x):\n    return f{number + 1}(x)\n"
    yield f"def f{size}(x):\n    return x\n\ndef entry():\n    return f0(1)\n"


def ring(size: int) -> Iterator[str]:
    """The same, and the last calls the first."""
    for number in range(size):
        yield f"def f{number}(x):\n    return f{(number + 1) % size}(x)\n"
    yield "def entry():\n    return f0(1)\n"


def registry(size: int) -> Iterator[str]:
    """Classes that a decorator puts into a dict, and one made by its name."""
    yield "MADE = {}\n\ndef put(cls):\n    MADE[cls.__name__] = cls\n    return cls\n"
    for number in range(size):
        yield f"@put\nclass C{number}:\n    def __init__(self, x):\n        self.x = x\n"
        yield f"    def run(self):\n        return self.x + {number}\n"
    yield "def entry(name):\n    return MADE[name](1).run()\n"


def paths(size: int) -> Iterator[str]:
    """A loop that replaces a value of a module that is not read by an attribute of itself."""
    yield "import unread\n\ndef unwrap(value):\n    while unread.more(value):"
    for number in range(size):
        yield f"        if unread.is_{number}(value):"
        yield f"            value = value.a{number}.b{number}"
    yield "    return value\n\ndef entry():\n    value = unwrap(unread.thing)"
    yield "    return value.__module__.split('.')[0].lower()\n"


def methods(size: int) -> Iterator[str]:
    """A class whose methods call each other through self."""
    yield "class Many:\n    def __init__(self):\n        self.seen = []\n"
    for number in range(size):
        first, second = (number + 1) % size, (number * 7 + 3) % size
        yield f"    def m{number}(self, x):\n        return self.m{first}(x) or self.m{second}(x)\n"
    yield "def entry():\n    return Many().m0(1)\n"


def closures(size: int) -> Iterator[str]:
    """Closures that wrap closures."""
    yield "def wrap(inner):\n    def outer(x):\n        return inner(x)\n    return outer\n"
    yield "def entry():\n    f = len\n"
    for _ in range(size):
        yield "    f = wrap(f)\n"
    yield "    return f([1])\n"


def contexts(size: int) -> Iterator[str]:
    """One function, called with a function of its own each time."""
    yield "def apply(f, x):\n    return use(f, x)\n\ndef use(f, x):\n    return f(x)\n"
    for number in range(size):
        yield f"def g{number}(x):\n    return x + {number}\n"
    yield "def entry():\n"
    for number in range(size):
        yield f"    apply(g{number}, {number})\n"


SHAPES: dict[str, Callable[[int], Iterator[str]]] = {
    "chain": chain,
    "ring": ring,
    "registry": registry,
    "paths": paths,
    "methods": methods,
    "closures": closures,
    "contexts": contexts,
}


def _cost(name: str, size: int, limit: float) -> tuple[float, float, bool]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, FILE).write_text("\n".join(SHAPES[name](size)), "utf-8")
        entry = f"{FILE}:entry"
        cost = srcread("graph", entry, "--json", folder=Path(folder), limit=limit)
    if cost.status not in (0, None):
        raise SystemExit(f"{name} of size {size} failed:\n{cost.errors}")
    return cost.seconds, cost.megabytes, cost.status == 0


if __name__ == "__main__":
    main()
