"""A run on another version of what a tour reads: when it counts, and how it is called."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.story_example import install, process, write_tour

from srcread.child import describing, replace
from srcread.child import install as install_inside

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An interpreter, and the folder in which it has tiny 0.9; the tour reads tiny 1.0."""
    venv, other = tmp_path_factory.mktemp("venv"), tmp_path_factory.mktemp("other") / "site"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    packages = next((venv / "lib").glob("python*")) / "site-packages"
    packages.joinpath("tiny.pth").write_text(str(other))
    return venv / "bin" / "python", other


@pytest.fixture
def here(tmp_path: Path, interpreter: tuple[Path, Path]) -> Path:
    """A folder with the tour, which is locked; and tiny 0.9 is as tiny 1.0 is."""
    site = install(tmp_path / "installed")
    install(interpreter[1], "0.9")
    write_tour(tmp_path / "annotations")
    assert process("check", "--fix", "tiny-model", cwd=tmp_path, site=site).returncode == 0
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    """Change a file of tiny 0.9, and let Python see it even within the second."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    for compiled in file.parent.glob("__pycache__/*.pyc"):
        compiled.unlink()


WRAPPED = """def twice(function):
    def inner(x, by):
        return function(x, by)

    return inner


@twice
def scale(x, by):
    return by * x
"""


def confirmed(here: Path, python: Path | str, *more: str) -> str:
    """Run all notes with an interpreter, and return the tour's outline."""
    site = here / "installed"
    done = process("confirm", "tiny-model", "--python", str(python), *more, cwd=here, site=site)
    assert done.returncode == 0, done.stdout + done.stderr
    return process("outline", "tiny-model", cwd=here, site=site).stdout


def run_of(here: Path, stem: str) -> Any:
    path = here / "annotations" / "tiny-model" / "evidence" / f"{stem}.json"
    return json.loads(path.read_text())["runs"][0]


def test_a_run_on_another_version_counts_where_all_that_it_executed_is_the_same(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    python, other = interpreter
    edit(other / "tiny" / "model.py", '"""A model of layers."""', '"""Of 0.9."""\n\nOLD = 1\n')
    edit(other / "tiny" / "ops.py", "return", '"""Scale."""\n    return')
    outline = confirmed(here, python)
    assert outline.count("confirmed on CPU only (the same source, tiny 0.9)") == 1
    assert outline.count("by an equivalent, on CPU only (the same source, tiny 0.9)") == 1
    assert "2 steps, 1 confirmed" in outline
    run = run_of(here, "first-layers")
    assert run["environment"]["distributions"] == {"tiny": "0.9"}
    assert sorted(run["executed"]) == [
        "tiny.model.Layer.__init__",
        "tiny.model.Layer.run",
        "tiny.model.Model.__init__",
        "tiny.model.Model.run",
        "tiny.ops.scale",
    ]


def test_it_does_not_count_where_a_function_that_it_executed_differs(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    python, other = interpreter
    edit(other / "tiny" / "ops.py", "x * by", "by * x")
    outline = confirmed(here, python)
    assert "not confirmed: only run on tiny 0.9, with other code in tiny.ops.scale" in outline
    # The other snippet makes a model and runs none, so it never came to what differs.
    assert outline.count("on CPU only (the same source, tiny 0.9)") == 1


def test_what_a_note_is_about_must_be_the_same_even_if_it_was_not_executed(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    python, other = interpreter
    edit(other / "tiny" / "model.py", "for layer in self.layers", "for layer in [*self.layers]")
    outline = confirmed(here, python)
    assert outline.count("only run on tiny 0.9, with other code in tiny.model.Model.run") == 2
    assert "tiny.model.Layer.run" not in run_of(here, "layer-order")["executed"]


def test_what_a_note_is_about_may_be_missing_there(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    python, other = interpreter
    edit(
        other / "tiny" / "model.py",
        "    def run(self, x):\n        for",
        "    def go(self, x):\n        for",
    )
    site = here / "installed"
    command = ("confirm", "layer-order", "--python", str(python))
    assert process(*command, cwd=here, site=site).returncode == 0
    assert run_of(here, "layer-order")["executed"]["tiny.model.Model.run"] == "missing"
    outline = process("outline", "tiny-model", cwd=here, site=site).stdout
    assert "not confirmed: only run on tiny 0.9, with other code in tiny.model.Model.run" in outline


REPLACED = "confirmed on CPU only (tiny 1.0's Python on tiny 0.9, functions replaced: {})"


def test_functions_that_differ_run_as_the_tour_has_them_and_are_named(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    python, other = interpreter
    edit(other / "tiny" / "ops.py", "x * by", "x + by")
    edit(other / "tiny" / "ops.py", "def scale", "OLD = 1\n\n\ndef scale")
    command = ("confirm", "first-layers", "--python", str(python))
    done = process(*command, cwd=here, site=here / "installed")
    assert (done.returncode, done.stdout.count("claim 1 is false")) == (1, 1)
    assert "not written: it failed on tiny 0.9" in done.stdout
    outline = confirmed(here, python, "--replace", "--controls")
    assert REPLACED.format("tiny.ops.scale").removeprefix("confirmed") in outline
    run = run_of(here, "first-layers")
    both = json.loads((here / "annotations/tiny-model/evidence/first-layers.json").read_text())[
        "runs"
    ]
    assert [run.get("replaced") for run in both] == [["tiny.ops.scale"]]
    assert run["confirmed"] and len(run["executed"]) == 5
    assert run["reach"][0]["unreached"] == [] and run["controls"]["mutants"]["claim"]
    assert run["environment"]["distributions"] == {"tiny": "0.9"}
    # The other snippet runs no function that differs: nothing of it was replaced.
    assert "replaced" not in run_of(here, "layer-order")
    assert "(the same source, tiny 0.9)" in outline


def test_what_cannot_be_replaced_keeps_a_run_from_counting(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    python, other = interpreter
    edit(other / "tiny" / "ops.py", "def scale(x, by):\n    return x * by\n", WRAPPED)
    outline = confirmed(here, python, "--replace")
    assert "not confirmed: only run on tiny 0.9, with other code in tiny.ops.scale" in outline


def test_on_the_tours_own_version_nothing_is_replaced(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    plain = confirmed(here, interpreter[0])
    before = run_of(here, "first-layers")
    assert confirmed(here, interpreter[0], "--replace") == plain
    assert run_of(here, "first-layers") == before


@pytest.mark.parametrize(
    ("text", "said", "refused"),
    [
        ("def f(a, b=Y, *, c=6):\n    return a, b, c\n", (1, 7, 6), {}),
        ("def f(a, b: int = 5) -> None:\n    return a, b\n", (1, 5), {}),
        ("def f(a, b=unknown):\n    return a\n", (1, 2, 3), {"other.f": "raised-saying"}),
        ("x = 1\n", (1, 2, 3), {"other.f": "not-one-function"}),
        ("def g(a):\n    return a\n", (1, 2, 3), {"other.f": "other-function"}),
    ],
)
def test_a_function_is_replaced_with_its_defaults_or_not_at_all(
    text: str, said: tuple[int, ...], refused: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("other")
    exec("Y = 7\ndef f(a, b=2, *, c=3):\n    return a, b, c\n", vars(module))
    monkeypatch.setitem(sys.modules, "other", module)
    unit = {"module": "other", "name": "f", "line": 1, "text": text, "classes": [], "imports": []}
    inside = {"install": install_inside, "describing": describing}
    seen = replace.observe({"units": [unit]}, inside.__getitem__)()
    assert module.f(1) == said
    assert {name: why["code"] for name, why in seen.items()} == refused


def test_the_tours_own_version_speaks_first(here: Path, interpreter: tuple[Path, Path]) -> None:
    python, other = interpreter
    confirmed(here, python)
    (other / "tiny-0.9.dist-info").rename(other / "tiny-1.0.dist-info")
    metadata = other / "tiny-1.0.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("0.9", "1.0"))
    try:
        outline = confirmed(here, python)
    finally:
        (other / "tiny-1.0.dist-info").rename(other / "tiny-0.9.dist-info")
    assert outline.count("on CPU only (the same source") == 0
    assert outline.count("on CPU only") == outline.count("also held on tiny 0.9") == 2


@contextlib.contextmanager
def as_the_tours(other: Path) -> Iterator[None]:
    """Let what is installed be tiny 1.0 by its metadata, the version that the tour reads."""
    (other / "tiny-0.9.dist-info").rename(other / "tiny-1.0.dist-info")
    metadata = other / "tiny-1.0.dist-info" / "METADATA"
    text = metadata.read_text()
    metadata.write_text(text.replace("0.9", "1.0"))
    try:
        yield
    finally:
        metadata.write_text(text)
        (other / "tiny-1.0.dist-info").rename(other / "tiny-0.9.dist-info")


def confirmed_on_both(here: Path, interpreter: tuple[Path, Path]) -> str:
    python, other = interpreter
    with as_the_tours(other):
        confirmed(here, python)
    return confirmed(here, python)


def page_of(here: Path, stem: str) -> str:
    """Build the site, and return the page of a note's evidence."""
    done = process("build", "tiny-model", "--out", "site", cwd=here, site=here / "installed")
    assert done.returncode == 0, done.stdout + done.stderr
    (page,) = (here / "site").rglob(f"e-{stem}.html")
    return re.sub(r'<span lang="en">(.*?)</span>', r"\1", page.read_text())


def checked(here: Path) -> list[str]:
    """Return what is said of versions by `srcread check`."""
    done = process("check", "tiny-model", cwd=here, site=here / "installed")
    found = (line.partition("EVID029 ")[2] for line in done.stderr.splitlines())
    return [line for line in found if line]


def test_what_held_on_another_version_is_told_beside_what_held_on_the_tours(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    outline = confirmed_on_both(here, interpreter)
    assert "confirmed on CPU only · also held on tiny 0.9 (the same source)" in outline
    assert checked(here) == []
    page = page_of(here, "first-layers")
    assert '<th scope="row">tiny 0.9</th><td>1 of 1</td>' in page
    assert page.index("what is read here") < page.index("the same in all functions that ran")
    path = here / "annotations" / "tiny-model" / "evidence" / "first-layers.json"
    runs = json.loads(path.read_text())["runs"]
    assert [run["environment"]["distributions"]["tiny"] for run in runs] == ["0.9", "1.0"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("ops.py", "x * by", "by * x", "these functions unchanged"),
        ("model.py", "self.size > 1", "1 < self.size", "other source"),
    ],
)
def test_it_is_told_whether_what_a_note_is_about_was_the_same_there(
    file: str, old: str, new: str, said: str, here: Path, interpreter: tuple[Path, Path]
) -> None:
    with as_the_tours(interpreter[1]):
        confirmed(here, interpreter[0])
    edit(interpreter[1] / "tiny" / file, old, new)
    outline = confirmed(here, interpreter[0])
    assert f"also held on tiny 0.9 ({said})" in outline
    page = page_of(here, "first-layers")
    changed = "tiny.ops.scale" if file == "ops.py" else "tiny.model.Layer.run"
    assert f"another in <code>{changed.replace('.', '.<wbr>')}</code>" in page


def test_a_claim_that_is_false_on_another_version_is_a_fact_of_that_version(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    python, other = interpreter
    with as_the_tours(other):
        before = confirmed(here, python)
    edit(other / "tiny" / "ops.py", "x * by", "x + by")
    site = here / "installed"
    done = process("confirm", "first-layers", "--python", str(python), cwd=here, site=site)
    assert (done.returncode, "(recorded)" in done.stdout) == (1, True)
    assert "the page says: confirmed on CPU only · otherwise on tiny 0.9" in done.stdout
    outline = process("outline", "tiny-model", cwd=here, site=site).stdout
    assert before.splitlines()[-2:] == outline.splitlines()[-2:]  # no sentence is confirmed less
    page = page_of(here, "first-layers")
    assert "On tiny 0.9 this does not hold:" in page
    assert "0 of 1; 1 false, 0 not reached" in page
    assert "Of three layers only the last one scales." in page


def test_versions_have_to_be_those_on_which_the_claims_held(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    python, other = interpreter
    with as_the_tours(other):
        confirmed(here, python)
    edit(other / "tiny" / "ops.py", "x * by", "x + by")
    process("confirm", "--python", str(python), cwd=here, site=here / "installed")
    note = here / "annotations" / "tiny-model" / "first-layers.md"
    text = note.read_text()

    def said(versions: str) -> list[str]:
        note.write_text(text.replace('at = "if size"', f'at = "if size"\n{versions}'))
        return checked(here)

    false = "when run on tiny 0.9 the claims do not hold. Write the versions on which they hold."
    assert said("") == [f"There is no key versions, and {false}"]
    assert said('versions = ">=0.5"') == [f"versions is '>=0.5', and {false}"]
    assert said('versions = ">=1.0"') == []
    assert said('versions = ">=1.1"') == [
        "versions is '>=1.1', and the tour reads tiny 1.0. Write versions that have it."
    ]
    page_of(here, "first-layers")
    (page,) = (here / "site").rglob("tiny.model.Layer.run.html")
    assert "Its claims hold on <code>tiny &gt;=1.1</code>" in page.read_text()


def test_an_error_there_is_told_as_one_and_a_limit_is_no_fact_of_a_version(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    python, other = interpreter
    with as_the_tours(other):
        confirmed(here, python)
    site, command = here / "installed", ("confirm", "first-layers", "--python", str(python))
    edit(other / "tiny" / "ops.py", "return x * by", "import os; os.kill(os.getpid(), 9)")
    done = process(*command, cwd=here, site=site)
    assert "not written: it failed on tiny 0.9, which says nothing of tiny 1.0" in done.stdout
    edit(other / "tiny" / "ops.py", "import os; os.kill(os.getpid(), 9)", "raise OSError('gone')")
    done = process(*command, cwd=here, site=site)
    assert "its script ends with an error on tiny 0.9" in done.stdout
    assert checked(here) == []
    assert "raised OSError at line" in page_of(here, "first-layers")


def test_a_run_of_an_earlier_snippet_or_with_functions_replaced_says_nothing_of_another_version(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    python, other = interpreter
    assert "also held" in confirmed_on_both(here, interpreter)
    snippet = here / "annotations" / "tiny-model" / "first-layers.py"
    snippet.write_text(snippet.read_text() + "print('more')\n")
    with as_the_tours(other):
        outline = confirmed(here, python)
    assert outline.count("also held on") == 1  # that of the other note
    edit(other / "tiny" / "ops.py", "x * by", "x + by")
    assert confirmed(here, python, "--replace").count("also held on") == 1


def test_a_snippet_with_a_profiler_of_its_own_keeps_it_and_is_confirmed(
    here: Path, interpreter: tuple[Path, Path]
) -> None:
    snippet = here / "annotations" / "tiny-model" / "layer-order.py"
    text = snippet.read_text().replace(
        "from tiny",
        "import sys\n\nsys.setprofile(lambda *_: None)\nsys.setprofile(None)\nfrom tiny",
        1,
    )
    snippet.write_text(text)
    outline = confirmed(here, interpreter[0])
    if sys.version_info >= (3, 12):  # where srcread does not profile
        assert "not confirmed" not in outline
    else:
        assert "executed" not in run_of(here, "layer-order")
        assert "not confirmed: only run on tiny 0.9" in outline
