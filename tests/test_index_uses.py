"""Who calls or names a symbol: certainly by a file's names, possibly by a method's, or not."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from srcread.index import Index
from srcread.index.uses import Search, Use
from srcread.index.whole import index_distribution
from srcread.sources import Sources, open_path

LAYERS = """
    def scale(x):
        return x

    class Layer:
        def forward(self, x):
            return scale(x)

        def run(self, x):
            return self.forward(x)

    class Wide(Layer):
        def forward(self, x):
            return super().forward(x)
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))


def uses(root: Path, name: str, files: dict[str, str]) -> list[Use] | None:
    for path, text in {"pkg/__init__.py": "", "pkg/layers.py": LAYERS, **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(textwrap.dedent(text), "utf-8")
    distribution = open_path(root / "pkg")
    sources = Sources([distribution])
    summary = index_distribution(sources, distribution.name, workers=1)
    found = Search(Index(sources), summary, distribution).find(name)
    return None if found is None else list(found.uses)


def told(root: Path, name: str, text: str, **files: str) -> list[str]:
    """Return `line kind certainty` of the uses in `pkg/user.py`."""
    others = {f"pkg/{stem}.py": content for stem, content in files.items()}
    found = uses(root, name, {"pkg/user.py": text, **others})
    assert found is not None
    return [
        f"{use.line} {use.kind.value} {use.certainty.value}"
        for use in found
        if use.path == "pkg/user.py"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "from pkg.layers import scale\nscale(1)\n",
        "from .layers import scale as s\ns(1)\n",
        "import pkg.layers as L\n\nL.scale(1)\n",
        "import pkg\n\npkg.layers.scale(1)\n",
        "from pkg import layers\nfrom_here = layers.scale\nfrom_here(1)\n",
        "from pkg.layers import *\nscale(1)\n",
    ],
)
def test_a_call_by_any_import_is_certain(tmp_path: Path, text: str) -> None:
    line = text.count("\n")
    assert f"{line} call resolved" in told(tmp_path, "pkg.layers.scale", text)


def test_a_name_of_another_origin_is_no_use(tmp_path: Path) -> None:
    text = """
        from json import scale
        from other.layers import *

        def run(scale, layers):
            return scale(1) + layers.scale(2)

        def make():
            scale = len
            return scale("")

        scale(3)
        several = [scale(4) for scale in (len, abs)]
        later = lambda scale: scale(5)
    """
    assert told(tmp_path, "pkg.layers.scale", text) == []


def test_shadowed_names_are_told_apart_from_the_imported_one(tmp_path: Path) -> None:
    text = """
        from pkg.layers import scale

        def run(scale):
            return scale(1)

        def other():
            return scale(2)

        first = [scale(x) for scale in (len, abs)]
        later = lambda scale: scale(5)
        again = lambda x: scale(x)
    """
    assert told(tmp_path, "pkg.layers.scale", text) == [
        "2 import resolved",
        "8 call resolved",
        "12 call resolved",
    ]


def test_a_name_that_is_bound_twice_is_possible(tmp_path: Path) -> None:
    text = """
        try:
            from pkg.layers import scale
        except ImportError:
            from fallback import scale

        class Scaled(scale): ...

        scale(1), scale
    """
    assert told(tmp_path, "pkg.layers.scale", text) == [
        "3 import resolved",
        "7 subclass possible",
        "9 call possible",
    ]


def test_what_is_not_called_is_a_mention_and_a_patch_is_told(tmp_path: Path) -> None:
    text = """
        from pkg import layers

        table = {layers.scale: 1}
        layers.scale = len
        text = "layers.scale(1)"  # layers.scale(2)

        @layers.scale
        def run(x: layers.scale): ...
    """
    assert told(tmp_path, "pkg.layers.scale", text) == [
        "4 mention resolved",
        "5 replaced resolved",
        "8 call resolved",
        "9 mention resolved",
    ]


def test_a_re_export_under_another_name_is_followed(tmp_path: Path) -> None:
    files = {
        "pkg/api/__init__.py": "from pkg.layers import scale as resize\n",
        "pkg/user.py": "from pkg.api import resize\n\nresize(1)\n",
    }
    found = uses(tmp_path, "pkg.layers.scale", files) or []
    assert [(use.path, use.line, use.kind.value) for use in found] == [
        ("pkg/api/__init__.py", 1, "re-export"),
        ("pkg/layers.py", 7, "call"),
        ("pkg/user.py", 1, "import"),
        ("pkg/user.py", 3, "call"),
    ]
    assert uses(tmp_path, "pkg.api.resize", files) == found


def test_a_method_is_certain_by_self_and_super_and_possible_on_a_value(tmp_path: Path) -> None:
    text = """
        from pkg.layers import Layer, Wide

        def run(layer, x):
            return layer.forward(x), Layer.forward(layer, x), layer.forward

        class Deep(Layer):
            def loop(self, x):
                return self.forward(x), self.inner.forward(x), super().forward(x)

        class Other:
            def forward(self, x):
                return self.forward(x)

        Wide().run(1)
    """
    assert told(tmp_path, "pkg.layers.Layer.forward", text) == [
        "5 call possible",
        "5 call resolved",
        "9 call resolved",
        "9 call possible",
        "9 call resolved",
    ]
    home = uses(tmp_path, "pkg.layers.Layer.forward", {}) or []
    assert [(use.line, use.kind.value, use.inside) for use in home if "layers" in use.path] == [
        (10, "call", "pkg.layers.Layer.run"),
        (13, "override", "pkg.layers.Wide"),
        (14, "call", "pkg.layers.Wide.forward"),
    ]


def test_self_of_a_base_may_run_the_method_of_a_subclass(tmp_path: Path) -> None:
    found = uses(tmp_path, "pkg.layers.Wide.forward", {}) or []
    assert [(use.line, use.certainty.value) for use in found] == [(10, "possible")]


def test_an_inherited_method_is_the_one_of_the_base(tmp_path: Path) -> None:
    text = "from pkg.layers import Wide\n\nWide.run(None, 1)\n"
    assert told(tmp_path, "pkg.layers.Layer.run", text) == ["3 call resolved"]
    assert told(tmp_path, "pkg.layers.Wide.run", text) == ["3 call resolved"]


def test_a_class_is_called_inherited_from_and_named(tmp_path: Path) -> None:
    text = """
        from pkg.layers import Layer

        class Deep(Layer): ...

        isinstance(Layer(), Layer)
    """
    assert told(tmp_path, "pkg.layers.Layer", text) == [
        "2 import resolved",
        "4 subclass resolved",
        "6 call resolved",
        "6 mention resolved",
    ]


def test_the_place_is_that_of_the_last_name_in_characters(tmp_path: Path) -> None:
    text = 'from pkg import layers\n\nprint("é", layers \\\n    .scale(1))\n'
    found = uses(tmp_path, "pkg.layers.scale", {"pkg/user.py": text}) or []
    (use,) = [use for use in found if use.path == "pkg/user.py"]
    assert (use.line, use.column, use.text) == (4, 5, ".scale(1))")


def test_a_late_function_of_a_large_file_is_looked_into(tmp_path: Path) -> None:
    body = "    x = x + 1\n" * 20
    filling = "".join(f"def f{number}(x):\n{body}    return x\n\n" for number in range(80))
    text = f"from pkg.layers import scale as s\n\n{filling}def g(x):\n    return s(x)\n{filling}"
    last = filling.count("\n") + 4
    assert told(tmp_path, "pkg.layers.scale", text) == [
        "1 import resolved",
        f"{last} call resolved",
    ]


def test_an_unknown_name_has_no_uses_and_a_known_one_may_have_none(tmp_path: Path) -> None:
    assert uses(tmp_path, "pkg.layers.scael", {}) is None
    assert uses(tmp_path, "pkg.layers.Wide", {}) == []


def test_names_and_classes_that_lead_to_themselves_end(tmp_path: Path) -> None:
    files = {
        "pkg/a.py": "from pkg.b import thing\n\nclass Loop(Loop): ...\n\nthing()\n",
        "pkg/b.py": "from pkg.a import thing\n\nthing = thing\n",
    }
    assert uses(tmp_path, "pkg.a.thing", files) is not None
    assert uses(tmp_path, "pkg.a.Loop", files) is not None


def test_long_chains_of_names_and_classes_are_followed_to_their_ends(tmp_path: Path) -> None:
    names = "".join(f"f{number + 1} = f{number}\n" for number in range(3000))
    classes = "".join(f"class C{number + 1}(C{number}): ...\n" for number in range(1500))
    text = f"from pkg.layers import Layer as C0, scale as f0\n{names}{classes}"
    assert told(tmp_path, "pkg.user.f3000", text)[-1].endswith("mention resolved")
    last = text.count("\n") + 1
    called = told(tmp_path, "pkg.layers.Layer.run", f"{text}C1500.run(None, 1)\n")
    assert called == [f"{last} call resolved"]
