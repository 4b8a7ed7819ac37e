"""A small package, installed, and a tour of it: what the stories are tested on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from srcread.cli import main

ROOT = Path(__file__).parents[2]

MODEL = '''\
"""A model of layers."""

from tiny.ops import scale


class Layer:
    def __init__(self, size):
        self.size = size

    def run(self, x):
        if self.size > 1:
            x = scale(x, self.size)
        return x


class Model:
    def __init__(self, depth):
        self.layers = [Layer(size) for size in range(depth)]

    def run(self, x):
        for layer in self.layers:
            x = layer.run(x)
        return x
'''

OPS = """\
def scale(x, by):
    return x * by
"""

TOUR = """\
title = "A tiny model"
entries = ["tiny.Model"]

[distributions]
tiny = "1.0"
"""

NOTE = """\
+++
title = "The first layers leave x as it is"
symbol = "tiny.model.Layer.run"
at = "if size"
+++
A layer scales only if its size is above one.[^last]

[^last]: claim "Of three layers only the last one scales."
"""

SECOND_NOTE = """\
+++
title = "Layers run in the order in which they were made"
symbol = "tiny.model.Model.run"
at = "for self.layers"
+++
There is no other order.[^place][^order]

[^place]: claim "A layer's size is its place."
[^order]: read tiny.model.Model.run:for self.layers
"""

SNIPPET = '''\
"""Run a model of three layers."""

from tiny import Model

result = Model(3).run(5)
print("result:", result)
assert result == 10, "Of three layers only the last one scales."
'''

SECOND_SNIPPET = '''\
"""Look at the sizes of a model's layers."""

from tiny import Model

sizes = [layer.size for layer in Model(3).layers]
print("sizes:", sizes)
assert sizes == [0, 1, 2], "A layer's size is its place."
'''


def install(site: Path, version: str = "1.0") -> Path:
    """Write the package `tiny` with its metadata into a folder, as an installer would."""
    files = {
        "tiny/__init__.py": "from tiny.model import Model\n",
        "tiny/model.py": MODEL,
        "tiny/ops.py": OPS,
        f"tiny-{version}.dist-info/METADATA": (
            f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\nLicense: MIT\n"
        ),
        f"tiny-{version}.dist-info/LICENSE": "Do as you like.\n",
    }
    names = [*files, f"tiny-{version}.dist-info/RECORD"]
    files[f"tiny-{version}.dist-info/RECORD"] = "".join(f"{name},,\n" for name in names)
    write(site, files)
    return site


def write_tour(annotations: Path) -> Path:
    """Write the tour `tiny-model`, without locks and evidence, and return its folder."""
    files = {
        "tour.toml": TOUR,
        "first-layers.md": NOTE,
        "first-layers.py": SNIPPET,
        "layer-order.md": SECOND_NOTE,
        "layer-order.py": SECOND_SNIPPET,
    }
    write(annotations / "tiny-model", files)
    return annotations / "tiny-model"


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files by their names into a folder, and return it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def srcread(*arguments: str) -> Result:
    """Run a command in this process, as if there were no terminal."""
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def process(
    *arguments: str, cwd: Path, site: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own; `site` holds what is installed beside srcread."""
    return subprocess.run(
        [sys.executable, "-m", "srcread", *arguments],
        cwd=cwd,
        env=environment(site, **variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


def environment(site: Path | None = None, **variables: str) -> dict[str, str]:
    """Return the variables of a process that finds srcread, and what lies in `site`."""
    path = [str(ROOT), *([str(site)] if site else [])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), **variables}


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
