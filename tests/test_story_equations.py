"""An equation of a note, from its fence to its page: run, recorded, shown, stale when changed."""

from __future__ import annotations

import json
import os
import venv
from pathlib import Path
from typing import Any

import pytest
from support.story_example import NOTE, ROOT, install, srcread, write, write_tour

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

PAGE = "site/en/tiny-model/1.0/tiny.model.Layer.run.html"
TOUR = Path("annotations/tiny-model")
NOTED = TOUR / "first-layers.md"
FENCE = "```equation\nx = scale(x, self.size)\n```\n"
SNIPPET = '''\
"""Scale by a layer."""

from srcread.lab import equation
from tiny.model import Layer
from tiny.ops import scale

layer = Layer(3)
assert equation("x", layer.run(5), x=5, self=layer, scale=scale), "A large layer scales x."
assert Layer(1).run(5) == 5, "Of three layers only the last one scales."
'''


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a tour whose first note has an equation, which its snippet evaluates."""
    install(tmp_path / "installed")
    venv.create(tmp_path / "venv", symlinks=True)
    (packages,) = (tmp_path / "venv").glob("lib/*/site-packages")
    (packages / "two.pth").write_text(f"{tmp_path / 'installed'}\n{ROOT}\n")
    write_tour(tmp_path / "annotations")
    monkeypatch.syspath_prepend(tmp_path / "installed")
    monkeypatch.chdir(tmp_path)
    body = NOTE.replace(".[^last]\n", f".[^last]\n\n{FENCE}")
    write(TOUR, {"first-layers.md": body, "first-layers.py": SNIPPET})
    srcread("check", "--fix", "tiny-model")
    return tmp_path


def confirm(*options: str) -> tuple[int, str]:
    done = srcread("confirm", "--python", "venv", *options, "first-layers")
    return done.exit_code, done.stdout


def recorded() -> Any:
    return json.loads((TOUR / "evidence" / "first-layers.json").read_text("utf-8"))["runs"][0]


def below(html: str) -> str:
    """Return what stands below the equation of a page."""
    return html.partition("</math>\n")[2].partition("\n")[0]


def build() -> str:
    assert srcread("build", "tiny-model").exit_code == 0
    return Path(PAGE).read_text("utf-8")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


CLAIM = 'href="#n-first-layers-claim-1"'


def test_an_equation_that_holds_is_recorded_and_called_confirmed_on_its_page(here: Path) -> None:
    assert confirm()[0] == 0
    assert list(recorded()["digests"]["equations"]) == ["x"]
    html = build()
    assert "<mi>self.size</mi>" in html and "x = scale(x, self.size)</annotation>" in html
    assert below(html).startswith(f'<p class="share"><a class="mark by-run" {CLAIM}')
    assert '<span class="standing confirmed">confirmed on CPU only</span>' in below(html)


def test_an_equation_that_is_wrong_fails_its_claim_and_says_how_far_off_it_is(here: Path) -> None:
    edit(NOTED, "x = scale(x, self.size)", "x = scale(x, self.size) + 1")
    status, said = confirm()
    assert status == 1 and "claim 1 is false: 'A large layer scales x.'" in said
    assert recorded()["output"] == "equation 'x': 15, where the formula gives 16\n"
    shown = below(build())
    assert 'class="mark by-open"' in shown and '<span class="standing failed">' in shown


def test_an_equation_that_changed_since_the_run_makes_the_note_stale(here: Path) -> None:
    confirm()
    edit(NOTED, "x = scale(x, self.size)", "x = scale(self.size, x)")
    words = "stale: the equation x has changed since the run"
    checked = srcread("check", "tiny-model").stderr
    assert f"first-layers.md: warning: EVID021 The page says {words!r}." in checked
    assert '<span class="standing stale">stale: the equation' in below(build())
    edit(NOTED, "x = scale(self.size, x)", "x = scale(x,   self.size)")
    assert "EVID021" not in srcread("check", "tiny-model").stderr


def test_an_equation_that_holds_beside_a_false_claim_is_not_called_failed(here: Path) -> None:
    edit(TOUR / "first-layers.py", "run(5) == 5", "run(5) == 6")
    assert confirm()[0] == 1
    assert '<span class="standing absent">not confirmed' in below(build())


def test_an_equation_that_no_claim_evaluates_has_nothing_said_of_it(here: Path) -> None:
    edit(
        TOUR / "first-layers.py",
        'equation("x", layer.run(5), x=5, self=layer, scale=scale)',
        "scale",
    )
    assert confirm()[0] == 0
    assert "equations" not in recorded()["digests"]
    assert below(build()) == ""


def test_controls_show_that_an_equation_notices_a_change_of_the_code(here: Path) -> None:
    assert confirm("--controls")[0] == 0
    noticed = recorded()["controls"]["mutants"]["claim"]
    assert noticed and any(0 in claims for claims in noticed.values())


CHEATS = {
    "another function under its name": """
import srcread.lab
srcread.lab.equation = lambda *given, **values: True
""",
    "another comparison in the lab": """
import srcread.lab.equations
srcread.lab.equations._differing = lambda *given: iter(())
""",
}


@pytest.mark.parametrize("case", CHEATS)
def test_a_snippet_that_replaces_what_decides_is_not_confirmed(here: Path, case: str) -> None:
    edit(NOTED, "x = scale(x, self.size)", "x = scale(x, self.size) + 1")
    edit(
        TOUR / "first-layers.py",
        "\nfrom srcread.lab import",
        f"{CHEATS[case]}from srcread.lab import",
    )
    status, said = confirm()
    assert status == 1 and "the original" in said
