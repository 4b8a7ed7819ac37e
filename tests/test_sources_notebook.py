"""A notebook is read as a script of its cells, and IPython's own syntax is told from Python's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from support.story_example import srcread, write

from srcread.errors import SourceError
from srcread.sources.notebook import module_name, script_of

CODE = """\
class Block:
    def forward(self, x):
        return helper.scale(x, 2)


class Net:
    def __init__(self):
        self.block = Block()

    def forward(self, x):
        return self.block.forward(x)"""


def notebook(*cells: str, language: str = "python") -> bytes:
    """Return a notebook as Jupyter writes it; a cell that begins with `#:` is Markdown."""
    v4: Any = nbformat.v4
    kernel = {"language": language, "name": "k", "display_name": "K"}
    book = v4.new_notebook(metadata={"kernelspec": kernel})
    for source in cells:
        make = v4.new_markdown_cell if source.startswith("#:") else v4.new_code_cell
        book.cells.append(make(source))
    text: str = v4.writes(book)
    return text.encode("utf-8")


def code_of(cell: str) -> str:
    """Return what one cell of code becomes, without its head."""
    script = script_of(notebook(cell), "book.ipynb")
    assert script.unread == ()
    head, _, code = script.text.partition("\n")
    assert head == "# %% [1]"
    return code.removesuffix("\n")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("x = 1\ny = 2", "x = 1\ny = 2"),
        ("%matplotlib inline\nimport torch", "# %matplotlib inline\nimport torch"),
        ("!pip install torch", "# !pip install torch"),
        ("torch.nn.Linear?", "# torch.nn.Linear?"),
        ("?torch", "# ?torch"),
        ("x??", "# x??"),
        ("if x:\n    !ls", "if x:\n    pass  # !ls"),
        ("for x in y:\n\t%run x.py", "for x in y:\n\tpass  # %run x.py"),
        ("%time y = model(x)", "y = model(x)"),
        ("    ".join(["if a:\n", "%timeit f(a)"]), "if a:\n    f(a)"),
        ("%timeit -n 3 f(a)", "# %timeit -n 3 f(a)"),
        ("files = !ls -l", "files = get_ipython().getoutput('ls -l')"),
        ("home = %pwd", "home = get_ipython().magic('pwd')"),
        ("x = (a\n  % b)", "x = (a\n  % b)"),
        ("x = a \\\n  % b", "x = a \\\n  % b"),
        ("%cd ..\nx = [\n%b\n]", None),
        (
            's = """\n%not a magic\n!nor a command\n"""',
            's = """\n%not a magic\n!nor a command\n"""',
        ),
        ("%cd ..\ns = '''\n%kept\n'''", "# %cd ..\ns = '''\n%kept\n'''"),
        ("x != 3\nx %= 2", "x != 3\nx %= 2"),
        ("%%time\nz = f()", "# %%time\nz = f()"),
        ("%%capture out\n%cd ..\nz = 1", "# %%capture out\n# %cd ..\nz = 1"),
        ("%%bash\nls -l\nx = 1", "# %%bash\n# ls -l\n# x = 1"),
        ("%%writefile m.py\ndef f(): ...", "# %%writefile m.py\n# def f(): ..."),
        ("%%time", "# %%time"),
        ("", ""),
    ],
)
def test_a_cell_becomes_python_line_for_line(cell: str, code: str | None) -> None:
    if code is None:  # what follows a bracket is no magic: here that makes the cell no Python
        assert script_of(notebook(cell), "b").unread == (
            (1, "cell 1 is no Python: invalid syntax"),
        )
        return
    assert code_of(cell) == code
    assert code.count("\n") == cell.count("\n")


def test_text_is_commented_out_and_cells_are_counted_over_all() -> None:
    script = script_of(notebook("#: A title\n\nwith text", "x = 1"), "book.ipynb")
    assert script.text == ("# %% [1] markdown\n# #: A title\n#\n# with text\n# %% [2]\nx = 1\n")


def test_a_cell_that_is_no_python_costs_itself_alone() -> None:
    script = script_of(notebook("x = 1", "def (:\n    2", "y = 2"), "book.ipynb")
    assert script.unread == ((3, "cell 2 is no Python: invalid syntax"),)
    assert "# %% [2] not read: it is no Python\n# def (:\n#     2\n# %% [3]\ny = 2\n" in script.text


def test_lines_of_windows_and_texts_in_one_piece_are_read() -> None:
    cells = [{"cell_type": "code", "source": "a = 1\r\nb = 2"}, {"cell_type": "code"}, 3]
    script = script_of(json.dumps({"cells": cells}).encode(), "book.ipynb")
    assert script.text == "# %% [1]\na = 1\nb = 2\n# %% [2]\n\n# %% [3] raw\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no notebook: it is no JSON"),
        (b"[" * 100_000, "is no notebook: it is no JSON"),
        (b"\xff\xfe", "is no notebook: it is no JSON"),
        (b"[]", "is no notebook: it has no list of cells."),
        (b'{"cells": 3}', "is no notebook: it has no list of cells."),
        (b'{"worksheets": []}', "is of nbformat 3. Upgrade it"),
        (notebook("1", language="R"), "is a notebook in R. srcread reads Python."),
        (b'{"cells": [], "metadata": {"language_info": {"name": "julia"}}}', "in julia."),
    ],
)
def test_what_is_no_python_notebook_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(SourceError) as raised:
        script_of(data, "'book.ipynb'")
    assert str(raised.value).startswith("'book.ipynb' ") and said in str(raised.value)


@pytest.mark.parametrize("metadata", [None, 3, {"kernelspec": 3}, {"language_info": {"name": 3}}])
def test_odd_metadata_stop_nothing(metadata: object) -> None:
    data = json.dumps({"cells": [], "metadata": metadata}).encode()
    assert script_of(data, "book.ipynb").text == ""


def test_a_notebooks_name_becomes_a_modules() -> None:
    assert [module_name(stem) for stem in ("model", "01-my model", "naïve", "a.b")] == [
        "model",
        "n01_my_model",
        "naïve",
        "a_b",
    ]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"helper.py": "def scale(x, by):\n    return x * by\n"})
    data = notebook("#: My net", "%cd .\nimport helper", CODE, "%time Net().forward(3)")
    (tmp_path / "01 net.ipynb").write_bytes(data)
    return tmp_path


def test_the_graph_of_a_notebook_leads_through_its_cells_into_modules_beside_it(here: Path) -> None:
    found = srcread("graph", "01 net.ipynb:Net.forward")
    assert found.exit_code == 0, found.output
    assert [line.strip("│├└─ ") for line in found.stdout.splitlines()[:3]] == [
        "n01_net.Net.forward  n01_net.py:16",
        "L17 n01_net.Block.forward [method]",
        "L9 helper.scale",
    ]


def test_a_site_of_a_notebook_shows_its_cells(here: Path) -> None:
    built = srcread("read", "01 net.ipynb:Net", "--out", "site")
    assert built.exit_code == 0, built.output
    pages = [path.read_text(encoding="utf-8") for path in Path("site").rglob("*.html")]
    assert any("n01_net.Block.forward" in page for page in pages)
    assert any("01 net.ipynb:Net" in page for page in pages)


def test_a_changed_cell_changes_the_graph(here: Path) -> None:
    srcread("graph", "01 net.ipynb:Net.forward")
    (here / "01 net.ipynb").write_bytes(notebook(CODE.replace("helper.scale(x, 2)", "x")))
    assert "helper" not in srcread("graph", "01 net.ipynb:Net.forward").stdout


def test_a_cell_that_is_left_out_is_told(here: Path) -> None:
    (here / "odd.ipynb").write_bytes(notebook("def (", CODE))
    found = srcread("graph", "odd.ipynb:Net.forward")
    assert "odd:odd.py:1: warning: SRC001 Cell 1 is no Python: invalid syntax." in found.stderr


def test_a_line_of_a_notebook_has_a_name(here: Path) -> None:
    named = srcread("at", "01 net.ipynb:17")
    assert named.stdout.startswith('symbol = "n01_net.Net.forward"\nat = "return ')


def test_a_module_of_the_same_name_beside_it_is_another(here: Path) -> None:
    write(here, {"net.py": "def other():\n    return 1\n"})
    (here / "net.ipynb").write_bytes(notebook("import net", CODE))
    assert srcread("graph", "net.ipynb:Net.forward").stdout.startswith("net_notebook.Net.forward")
    assert srcread("graph", "net.py:other").stdout.startswith("net.other")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("graph", "01 net.ipynb:Nett"), "Did you mean '01 net.ipynb:Net'?"),
        (("graph", "02 net.ipynb:Net"), "There is no file or folder '02 net.ipynb'"),
        (("graph", "text.ipynb"), "'text.ipynb' is no notebook: it is no JSON"),
        (("callers", "helper.scale", "--in", "01 net.ipynb"), "is a notebook."),
        (("read", "01 net.ipynb:Net", "--run", "run.py"), "jupyter nbconvert --to script '01 net"),
    ],
)
def test_what_a_notebook_cannot_do_is_said(here: Path, command: tuple[str, ...], said: str) -> None:
    write(here, {"text.ipynb": "text", "run.py": "x = 1\n"})
    found = srcread(*command)
    assert found.exit_code == 2 and said in found.stderr, found.output
