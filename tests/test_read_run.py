"""The story of `read --run`: a script of one's own runs, and the site shows what ran."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.story_example import srcread, write

from srcread.cli.running import limits_of_run
from srcread.errors import SourceError, SrcreadError
from srcread.running.reading import READING_LIMITS
from srcread.sources import interpreter_of

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")

MODEL = """\
import torch
from torch import nn


def pick(kind):
    return {"double": lambda x: x * 2, "norm": norm}[kind]


def norm(x):
    return x / x.norm()


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, width)

    def forward(self, x):
        if x.shape[0] > 3:
            return self.linear(x)
        return x + self.linear(x)


class Spare(nn.Module):
    def forward(self, x):
        return x


class Model(nn.Module):
    def __init__(self, parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        self.spare = Spare()

    def forward(self, x, scale=None):
        x = getattr(self, "first")(x)
        x = pick("norm")(x)
        return x if scale is None else x * scale

    @torch.no_grad()
    def generate(self, x):
        for _ in range(2):
            x = self(x)
        return x
"""

RUN = '''\
"""Two forwards, then two steps."""
import torch
from model import Block, Model

torch.manual_seed(0)
model = Model({"first": Block(4)})
model(torch.ones(2, 4))
model(torch.ones(5, 4), scale=3)
model.generate(torch.ones(2, 4))
'''


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of one run, beside what the command printed."""
    work = tmp_path_factory.mktemp("run")
    files = {"model.py": MODEL, "run.py": RUN}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SRCREAD_CACHE", str(work / "cache"))
        patch.chdir(write(work / "work", files))
        result = srcread("read", "model.py:Model", "--run", "run.py", "-o", str(work / "site"))
    assert result.exit_code == 0, result.output
    (folder,) = (work / "site" / "en").glob("*/*")
    (folder / "printed").write_text(result.output)
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    work = write(tmp_path / "work", {"plain.py": PLAIN})
    monkeypatch.chdir(work)
    return work


PLAIN = """\
def double(x):
    return x * 2


def unused(x):
    return x
"""


def run(files: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """Write files, and read `plain.py:double` with the run of the first of them."""
    write(Path.cwd(), dict(files))
    script = next(iter(files))
    result = srcread("read", "plain.py", "--run", script, "-o", "site", *arguments)
    return result.exit_code, result.output


def text(page: Path) -> str:
    """Return the words of a page, without its tags: those of spans stand within words."""
    inline = re.sub(r"</?(span|abbr|code|a|i|wbr)\b[^>]*>", "", page.read_text("utf-8"))
    return " ".join(re.sub(r"<[^>]*>", " ", inline).split())


@needs_torch
def test_what_ran_has_pages_with_shapes_and_what_did_not_run_has_none(ran: Path) -> None:
    block = text(ran / "model.Block.forward.html")
    assert "x (2, 4) f32" in block and "not taken: x.shape[0] &gt; 3 → 2" in block
    assert "ATen: add" in block
    assert (ran / "model.norm.html").is_file()
    assert not (ran / "model.Spare.forward.html").exists()


@needs_torch
def test_the_tree_is_of_what_computed_as_it_was_called(ran: Path) -> None:
    outline = text(ran / "index.html")
    tree = outline.partition("Every function in whose calls")[2]
    names = ["Model.forward", "Block.forward", "Linear.forward", "norm", "Model.generate"]
    assert sorted(names, key=tree.index) == names
    assert "What ran and computed nothing" in outline and "Constructors" in outline
    assert "Two forwards, then two steps" in outline


@needs_torch
def test_what_reading_cannot_find_the_run_does(ran: Path) -> None:
    printed = (ran / "printed").read_text()
    assert "reading had not found" in printed and "model.Block.forward" in printed
    assert 'href="model.Block.forward.html"' in (ran / "model.Model.forward.html").read_text()


@needs_torch
def test_what_was_made_and_not_called_is_said(ran: Path) -> None:
    assert (
        "Not run: one class of the model's modules: model.Spare." in (ran / "printed").read_text()
    )
    assert "Not run: one class of the model&#39;s modules model.Spare" in text(ran / "index.html")


@needs_torch
def test_calls_are_told_apart_by_what_was_given(ran: Path) -> None:
    page = text(ran / "model.Model.forward.html")
    assert "by the script" in page or "x (2, 4) f32, scale None" in page
    assert "scale 3" in page and "Model.generate" in page


@needs_torch
def test_a_site_of_a_run_speaks_of_no_scenario(ran: Path) -> None:
    for page in ran.glob("*.html"):
        assert "scenario" not in text(page).lower(), page.name


@needs_torch
def test_a_module_called_from_another_method_of_it_counts_as_seen(ran: Path) -> None:
    assert "the recorder did not see" not in text(ran / "index.html")


@needs_torch
def test_a_function_defined_again_is_known_by_its_line(tmp_path: Path) -> None:
    script = write(tmp_path, {"run.py": "import torch\ntorch.nn.LSTM(4, 4)(torch.ones(2, 3, 4))\n"})
    result = srcread(
        "read", "torch.nn.LSTM", "--run", str(script / "run.py"), "-o", str(tmp_path / "site")
    )
    assert result.exit_code == 0, result.output
    (page,) = (tmp_path / "site").glob("en/*/*/torch.nn.modules.rnn.LSTM.forward~3.html")
    assert "input (2, 3, 4) f32" in text(page)


def test_a_script_gets_its_arguments_and_its_own_folder(here: Path) -> None:
    script = (
        "import sys, pathlib\nfrom plain import double\n"
        "double(sys.argv[1])\ndouble(pathlib.Path(__file__).parent.joinpath('x.txt').read_text())\n"
        "double(open('x.txt').read())\n"
    )
    status, said = run({"run.py": script, "x.txt": "beside"}, "--", "--flag")
    assert status == 0, said
    (page,) = here.glob("site/en/*/*/plain.double.html")
    assert "&#39;--flag&#39;" in page.read_text() and "&#39;beside&#39;" in page.read_text()


@pytest.mark.parametrize("end", ["raise SystemExit", "import sys; sys.exit(0)", "exit()"])
def test_a_script_may_end_itself(here: Path, end: str) -> None:
    status, said = run({"run.py": f"from plain import double\ndouble(1)\n{end}\n"})
    assert status == 0, said


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("x = 1", "called nothing of 'plain.py'"),
        ("import plain\nplain.double(None)", "raised TypeError at line 2"),
        ("import plain\nraise SystemExit(3)", "3"),
        ("import plain\nopen('/etc/hosts')", "--data"),
        ("import plain\nopen('new.txt', 'w')", "tempfile"),
        (
            "import urllib.request\nurllib.request.urlopen('http://example.org')",
            "no network",
        ),
        ("def f(:", "cannot be parsed, line 1"),
        ("import nothing_of_this_name", "needs nothing_of_this_name. Name with --python"),
    ],
)
def test_a_run_that_shows_nothing_says_why(here: Path, script: str, words: str) -> None:
    status, said = run({"run.py": script + "\n"})
    assert status == 2 and words in said, said
    assert not (here / "site").exists()


def test_the_last_lines_of_a_script_that_fails_are_shown(here: Path) -> None:
    _, said = run({"run.py": "from plain import double\nprint('before')\ndouble(None)\n"})
    assert "before" in said and "plain.py" in said and "return x * 2" in said


def test_a_script_that_takes_too_long_is_ended(here: Path) -> None:
    status, said = run({"run.py": "import plain\nwhile True: pass\n"}, "--limit", "1s")
    assert status == 2 and "longer than 1 s" in said and "--limit" in said


def test_a_script_that_is_not_there_is_named_with_the_nearest(here: Path) -> None:
    write(here, {"train.py": "x = 1\n"})
    result = srcread("read", "plain.py", "--run", "trian.py", "-o", "site")
    assert result.exit_code == 2 and "train.py" in result.output


def test_arguments_without_a_script_are_refused(here: Path) -> None:
    result = srcread("read", "plain.py", "-o", "site", "one")
    assert result.exit_code == 2 and "--run" in result.output


def test_data_beside_may_be_read_where_it_is_given(here: Path, tmp_path: Path) -> None:
    data = write(tmp_path / "data", {"x.txt": "apart"}) / "x.txt"
    script = f"from plain import double\ndouble(open({str(data)!r}).read())\n"
    status, said = run({"run.py": script}, "--data", str(data))
    assert status == 0, said


def test_two_runs_that_differ_are_shown_and_told_apart(here: Path) -> None:
    status, said = run(
        {"run.py": "import time\nfrom plain import double\nx = double(time.time())\n"}
    )
    assert status == 0 and "Two runs differ" in said, said
    (outline,) = here.glob("site/en/*/*/index.html")
    assert "both runs were not the same" in text(outline)


def test_many_calls_of_one_place_are_counted_and_some_are_recorded(here: Path) -> None:
    script = "from plain import double\nfor n in range(100):\n    double(n)\n"
    status, said = run({"run.py": script})
    assert status == 0 and "36 more calls" in said, said


def test_what_a_package_does_to_its_folder_when_it_is_imported_is_no_obstacle(here: Path) -> None:
    made = "import os, tempfile\nos.makedirs(os.path.join(tempfile.gettempdir(), 'cache'))\n"
    status, said = run({"run.py": "import maker, plain\nplain.double(1)\n", "maker.py": made})
    assert status == 0, said


@pytest.mark.parametrize(
    "main",
    [
        "if __name__ == '__main__':\n    import sys\n    double(_WIDTH)\n    print(sys.argv)\n",
        "if '__main__' == __name__: double(_WIDTH)\n",
    ],
)
def test_a_file_of_a_model_is_run_as_a_script_too(here: Path, main: str) -> None:
    status, said = run({"plain.py": f"_WIDTH = 3\n\n{PLAIN}\n\n{main}"})
    assert status == 0 and "plain.py ran 1 function" in said, said
    (page,) = here.glob("site/en/*/*/plain.double.html")
    assert "x 3" in text(page)


def test_a_file_of_a_model_that_runs_nothing_as_a_script_says_what_to_do(here: Path) -> None:
    status, said = run({"plain.py": PLAIN})
    assert status == 2 and "if __name__" in said, said


def test_of_a_home_a_script_sees_its_modules_alone(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(here))
    secret = "from plain import double\ntry:\n    double(open('.netrc').read())\n"
    caught = "except OSError as error:\n    double(type(error).__name__)\n"
    status, said = run({"run.py": secret + caught, ".netrc": "password", "more/x.txt": "y"})
    assert status == 0, said
    (page,) = here.glob("site/en/*/*/plain.double.html")
    assert "password" not in page.read_text() and "FileNotFoundError" in text(page)


def test_what_lies_beside_a_script_is_imported_in_its_run_alone(here: Path) -> None:
    script = "import os, plain, made\nplain.double(made.WHERE == os.getpid())\n"
    status, said = run({"run.py": script, "made.py": "import os\nWHERE = os.getpid()\n"})
    assert status == 0, said
    (page,) = here.glob("site/en/*/*/plain.double.html")
    assert "x True" in text(page)


def test_a_function_that_cannot_be_watched_has_its_page_with_the_reason(here: Path) -> None:
    counting = "def count(n):\n    yield from range(n)\n"
    status, said = run({"run.py": "import plain\nlist(plain.count(2))\n", "plain.py": counting})
    assert status == 0, said
    (page,) = here.glob("site/en/*/*/plain.count.html")
    assert "Not recorded:" in text(page)


@needs_torch
def test_calls_that_were_only_counted_are_no_calls_that_nobody_saw(here: Path) -> None:
    script = "from model import Block\nimport torch\nblock = Block(2)\nx = torch.ones(1, 2)\n"
    again = "for _ in range(70):\n    block(x)\n"
    write(here, {"model.py": MODEL, "run.py": script + again})
    result = srcread("read", "model.py:Block", "--run", "run.py", "-o", "site")
    assert result.exit_code == 0 and "more calls" in result.output, result.output
    (outline,) = here.glob("site/en/*/*/index.html")
    assert "did not see" not in text(outline)


def test_the_interpreter_is_that_of_the_environment_that_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = (
        "venv/pyvenv.cfg",
        "venv/bin/python",
        "venv/lib/python3.11/site-packages/x/__init__.py",
    )
    venv = write(tmp_path, dict.fromkeys((*files, "bare/y-1.dist-info/METADATA"), "")) / "venv"
    python = venv / "bin" / "python"
    packages = venv / "lib" / "python3.11" / "site-packages"
    assert interpreter_of(python) == interpreter_of(venv) == interpreter_of(packages) == python
    with pytest.raises(SourceError, match="no interpreter"):
        interpreter_of(tmp_path / "bare")
    monkeypatch.setenv("VIRTUAL_ENV", str(venv))
    assert interpreter_of() == python
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert interpreter_of() is None


def test_limits_are_read_in_either_order() -> None:
    limits = limits_of_run("8GB, 90s")
    assert (limits.memory_bytes, limits.wall_seconds) == (8 << 30, 90)
    assert limits_of_run("2h").wall_seconds == 7200 and limits_of_run(None) is READING_LIMITS
    with pytest.raises(SrcreadError, match=r"'9 lightyears' is no limit"):
        limits_of_run("9 lightyears")
