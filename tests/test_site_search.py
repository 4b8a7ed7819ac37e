"""What is searched: names, small for a large site, and the words of notes in scripts that wait."""

from __future__ import annotations

import gzip
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.site_example import graph, page, plans, step_on_call, symbol, view

from srcread.model import Meaning, Term
from srcread.site import TourView
from srcread.site.rendering.script import squeezed_script
from srcread.site.scenarios import ShownScenario, TourRuns
from srcread.site.search.words import needed

SYMBOLS = "en/example/1.5/symbols.js"
WORDS_FILE = "en/example/1.5/words.js"
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


def test_the_index_of_two_thousand_functions_has_at_most_22_kilobytes_gzipped() -> None:
    names = many(2000)
    script = page(plans(of_functions(*names)), SYMBOLS)
    assert sum(len(functions) - 1 for functions in index(script)["symbols"]) == len(names) == 2000
    assert len(gzip.compress(script.encode(), 9)) <= 22_000


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


def words_of(script: str) -> Any:
    before, _, after = script.partition("document.currentScript.src, ")
    assert before == "(window.srcreadWords ||= []).push(["
    return json.loads(after.removesuffix("]);\n"))


def test_the_words_of_a_note_are_in_the_readers_language_without_its_code() -> None:
    step = step_on_call()
    body = "It is *called*.[^a]\n\n```\nx = 1\n```\n"
    told = replace(step.note, body=body, questions=("Why `twice`?",), messages=("got 3",))
    shown = view(steps=(replace(step, note=told),), chapters=())
    address, places = "pkg.model.Model.forward.html#n-run", list[str]()
    words = words_of(page(plans(shown), WORDS_FILE))
    assert words["notes"] == [
        [
            address,
            "The layer is called",
            ["Why twice?"],
            ["got 3"],
            ["The result is doubled."],
            "It is called.",
            places,
            [99],
        ]
    ]
    chinese = words_of(page(plans(shown), WORDS_FILE.replace("en/", "zh/")))
    (note,) = chinese["notes"]
    assert (chinese["language"], note[1], note[4]) == ("zh", "层被调用", ["结果加倍。"])
    assert note[5] == "层被调用。" and note[3] == ["got 3"]  # a message has no language


def test_the_index_of_a_tour_names_the_words_of_all_tours_of_its_language() -> None:
    second = view(name="second", title="Another", languages=("en",))
    pages = plans(view(), second)
    assert index(page(pages, SYMBOLS))["prose"] == ["words.js", "../../second/1.5/words.js"]
    assert index(page(pages, SYMBOLS.replace("en/", "zh/")))["prose"] == ["words.js"]


def test_a_tour_without_notes_has_no_words() -> None:
    pages = plans(view(steps=(), chapters=()))
    assert index(page(pages, SYMBOLS))["prose"] == []
    assert not [plan.address for plan in pages if plan.address.endswith("words.js")]


def test_an_edited_note_renews_the_words_of_its_language_alone() -> None:
    step = step_on_call()
    chinese = replace(step.translations["zh"], body="另一个。")
    edited = view(steps=(replace(step, translations={"zh": chinese}),), chapters=())
    before = view(steps=(step,), chapters=())
    keys = [
        {plan.address: plan.key for plan in plans(shown) if plan.address.endswith("words.js")}
        for shown in (before, edited)
    ]
    assert keys[0][WORDS_FILE] == keys[1][WORDS_FILE]
    assert keys[0][WORDS_FILE.replace("en/", "zh/")] != keys[1][WORDS_FILE.replace("en/", "zh/")]


def test_a_recorded_error_leads_to_the_function_that_raised_it_in_that_run() -> None:
    error = ShownScenario(
        "error-width",
        "An input too wide",
        "errors",
        False,
        "cpu",
        "Python 3.11",
        calls="pkg.model.Model.forward",
        raised=("pkg.model.Layer.forward", "ValueError: width 3, not 2"),
    )
    shown = replace(view(), runs=TourRuns(scenarios=(error,)))
    pages = plans(shown)
    assert words_of(page(pages, WORDS_FILE))["errors"] == [
        [
            "ValueError: width 3, not 2",
            "pkg.model.Layer.forward.html?run=error-width",
            "Layer.forward",
            0,
        ]
    ]
    assert index(page(pages, SYMBOLS))["scenarios"] == [
        ["pkg.model.Model.forward.html", ["error-width", "An input too wide"]]
    ]


@pytest.mark.parametrize(
    ("message", "needs"),
    [
        ("'Encoder' object has no attribute 'device'", 6),
        ("AttributeError: 'NoneType' object has no attribute 'device'", 7),
        ("KeyError: 'BloomForCausalLM'", 2),
        ("name 'np_dtype' is not defined", 5),
        ("cannot reshape array of size 1 into shape", 99),
        ("operands could not be broadcast together with shapes", 99),
        ("IndexError: index out of range", 99),
        ("cannot convert 'NoneType' object to bytearray", 0),
        ("the batch number of src and tgt must be equal", 0),
        ("cannot access local variable of the engine", 0),
        ("libth_common.so", 0),
    ],
)
def test_a_message_that_all_programs_print_needs_the_names_in_it(message: str, needs: int) -> None:
    assert needed(message) == needs


def test_the_words_say_what_a_message_needs_where_one_needs_anything() -> None:
    step = step_on_call()
    shared = replace(step, note=replace(step.note, messages=("KeyError: 'run'", "got 3 runs")))
    for one, needs in ((step, []), (shared, [2, 0])):
        shown = view(steps=(replace(one, translations={}),), chapters=())
        (note,) = words_of(page(plans(shown), WORDS_FILE))["notes"]
        assert note[7] == needs


def test_what_is_known_of_words_stands_before_the_script_that_asks() -> None:
    script = page(plans(), "search.js")
    first, _, rest = script.partition("\n")
    terms = json.loads(first.removeprefix("window.srcreadTerms = ").removesuffix(";"))
    assert {"mask", "掩码", "遮罩", "屏蔽"} in [set(line.split()) for line in terms["glossary"]]
    assert "fast_path 快速路径" in terms["glossary"]
    assert "the" in terms["stop"].split() and "如何" in terms["filler"].split()
    assert "fp16 float16 half" in terms["same"]
    assert "window.srcreadAsk=" in rest


def test_a_theme_may_know_other_words(tmp_path: Path) -> None:
    (tmp_path / "terms.toml").write_text('stop = "der die das"\n', "utf-8")
    first = page(plans(folders=(tmp_path,)), "search.js").partition("\n")[0]
    assert '"stop":"der die das"' in first and '"mask 掩码 ' in first


def test_the_words_of_a_glossary_are_searched_by_both_their_names() -> None:
    meanings = {"en": Meaning("layer", "A part.", ("stage",)), "zh": Meaning("层", "一部分。")}
    shown = view(terms=(Term(meanings), Term({"en": Meaning("head", "One of several.")})))
    pages = plans(shown)
    assert words_of(page(pages, WORDS_FILE))["terms"] == [
        ["t-head", "head"],
        ["t-layer", "layer", "stage"],
    ]
    assert words_of(page(pages, WORDS_FILE.replace("en/", "zh/")))["terms"] == [
        ["t-head", "head"],
        ["t-layer", "层", "layer", "stage"],
    ]


def test_a_glossary_without_notes_is_searched_too() -> None:
    term = Term({"en": Meaning("layer", "A part.")})
    pages = plans(view(steps=(), chapters=(), terms=(term,)))
    assert index(page(pages, SYMBOLS))["prose"] == ["words.js"]
    assert words_of(page(pages, WORDS_FILE))["notes"] == []


@pytest.mark.parametrize(
    ("script", "small"),
    [
        ("/* says\nwhat */\n  const a = (b, c) => b; // so\n", "const a=(b,c)=>b;\n"),
        ('a = " ( b ) /* no */ ";\n', 'a = " ( b ) /* no */ ";\n'),
        ('a = " ( b ) ;  "; b = [ c ];\n', 'a=" ( b ) ;  ";b=[c];\n'),
        ("a = /x = y/; // one's own\n", "a = /x = y/; // one's own\n"),
        ("a = b - -c + +d;\n", "a=b - -c + +d;\n"),
        ("a = `\n  /* b */\n  c = d`;\n", "a = `\n  /* b */\n  c = d`;\n"),
        ("", ""),
    ],
)
def test_a_script_is_sent_without_what_a_browser_passes_over(script: str, small: str) -> None:
    assert squeezed_script(script.encode()) == small.encode()
    assert squeezed_script(small.encode()) == small.encode()
