"""Every rule has a sentence, a use and a test; the guide names every key and keeps the rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.story_example import srcread

from srcread.model import Severity
from srcread.notes.anchors.selector import KINDS
from srcread.notes.format.codes import RULES, finding
from srcread.notes.format.note import NOTE_KEYS
from srcread.notes.format.tourfile import TOUR_KEYS
from srcread.notes.rules import check_tour

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "annotations" / "README.md").read_text(encoding="utf-8")
_CODE = re.compile(r'"((?:TOUR|NOTE|SENT|CLAIM|TRANS|TERM|LOCK|EVID|SCEN|TRAC|LINE|SRC)\d{3})"')


def codes_in(paths: list[Path]) -> set[str]:
    return {code for path in paths for code in _CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_code_in_use_is_a_rule_and_every_rule_is_in_use() -> None:
    room = [path for path in (ROOT / "srcread").rglob("*.py") if path.stem != "codes"]
    assert codes_in(room) == set(RULES)


def test_every_rule_has_a_test() -> None:
    tests = [path for path in Path(__file__).parent.glob("test_*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in tests)
    assert [code for code in RULES if code not in text] == []


def test_every_rule_is_one_sentence() -> None:
    assert [rule for rule in RULES.values() if not re.fullmatch(r"[^\n]+\.", rule.sentence)] == []


def test_check_prints_every_rule_for_whoever_asks() -> None:
    printed = srcread("check", "--rules")
    assert [line.split()[0] for line in printed.stdout.splitlines()] == list(RULES)
    assert "LOCK001   error    Every anchor is locked. --fix mends it.\n" in printed.stdout
    assert printed.exit_code == 0


def test_a_finding_weighs_what_its_rule_says() -> None:
    assert finding("LOCK007", Path("a.md"), 3, "x").severity is Severity.WARNING
    assert finding("LOCK006", Path("a.md"), 3, "x").severity is Severity.ERROR


_MORE = ("source_digest", "claims", "grids", "imports")


@pytest.mark.parametrize("key", [*NOTE_KEYS, *TOUR_KEYS, *_MORE])
def test_the_guide_names_every_key(key: str) -> None:
    assert re.search(rf"`\[*{key}\]*`|^\[*{key}\]*( =|$)|^\[+{key}\]+", GUIDE, re.MULTILINE)


def test_the_guide_names_every_kind_of_selector() -> None:
    assert " ".join(KINDS) in " ".join(GUIDE.split())


def test_the_guides_examples_keep_every_rule(tmp_path: Path) -> None:
    note, translation = re.findall(r"```markdown\n(.*?)```", GUIDE, re.DOTALL)
    (snippet,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    (tour,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    folder = tmp_path / "a-tour"
    folder.mkdir()
    tour = tour.replace('"torch.nn.Transformer"', '"torch.nn.Transformer", "my_package.Trainer"')
    (folder / "tour.toml").write_text(tour)
    (folder / "transformer-init.md").write_text(note, encoding="utf-8")
    (folder / "transformer-init.zh.md").write_text(translation, encoding="utf-8")
    (folder / "transformer-init.py").write_text(snippet)
    (page,) = re.findall(r"```\n(# .*?)```", GUIDE, re.DOTALL)
    (folder / "pages").mkdir()
    page = page.replace("#n-encoder-layer-forward", "#n-transformer-init")
    (folder / "pages" / "common-statements.md").write_text(page)
    assert [one.code for one in check_tour(folder).diagnostics] == ["TRANS004"]
