"""Our own search index: small for a large site, and nothing of a name is lost in it."""

from __future__ import annotations

import gzip
import json
import random
import re
from dataclasses import replace
from typing import Any

from support.site_example import graph, page, plans, symbol, view

from srcread.site import TourView

SYMBOLS = "en/example/1.5/symbols.js"
WORDS = re.findall(
    r"\w+",
    """
    attention backward batch bias build cache causal check compute config context convert core
    create cross cuda decode decoder default device dropout embedding encode encoder engine fast
    feed flash forward function gather generate get grad group head hidden init input key kernel
    layer length linear load logits mask matmul mode model module multi name nested norm optimizer
    output pack padding parallel parameter path pool position probability project query quantize
    rank reduce register reset residual rotary run sample scale scaled sequence session set shape
    size slice softmax split state step stride tensor token train transformer unpack update use
    validate value vector weight window
    """,
)


def of_functions(*names: str) -> TourView:
    """Return the example's view with these functions for its own."""
    symbols = {name: symbol("pkg.model.scale", name) for name in names}
    walked = replace(graph(), order=names, symbols=symbols, edges=())
    return replace(view(steps=(), chapters=()), graph=walked)


def index(script: str) -> Any:
    return json.loads(script.partition("document.currentScript.src, ")[2].removesuffix("]);\n"))


def many(count: int) -> list[str]:
    """Return names such as a framework has: modules of ten classes, classes of six methods."""
    chance, names = random.Random(7), dict[str, None]()

    def words(most: int) -> list[str]:
        return chance.choices(WORDS, k=chance.randint(1, most))

    while len(names) < count:
        module = ".".join(["framework", *words(2), "_".join(words(2))])
        for _ in range(10):
            owner = f"{module}.{''.join(word.title() for word in words(4))}"
            for _ in range(6):
                names[f"{owner}.{chance.choice(['', '_'])}{'_'.join(words(4))}"] = None
    return list(names)[:count]


def test_the_index_of_two_thousand_functions_has_at_most_25_kilobytes_gzipped() -> None:
    names = many(2000)
    script = page(plans(of_functions(*names)), SYMBOLS)
    assert sum(len(functions) - 1 for functions in index(script)["symbols"]) == len(names) == 2000
    assert len(gzip.compress(script.encode(), 9)) <= 25 * 1024


def test_a_file_is_named_only_where_it_is_not_the_functions_name() -> None:
    shown = of_functions("pkg.model.scale", "pkg.model.Scale", "main", "ops/run.py:main")
    assert index(page(plans(shown), SYMBOLS))["symbols"] == [
        [
            "pkg.model",
            ["scale", "pkg.model.scale-4d3092b3.html"],
            ["Scale", "pkg.model.Scale-d0603c29.html"],
        ],
        ["", "main"],
        ["ops/run", ["py:main", "ops-run.py-main.html"]],
    ]
