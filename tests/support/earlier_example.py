"""A framework of two versions in git, and a tour of the newer one that lists the other."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

from support.git_example import commit, git, make_repository, write_table
from support.story_example import srcread, write

OLD = """\
def helper(x):
    return x


class Model:
    def run(self, x):
        # all is doubled
        x = scale(x)
        if x > 1:
            x = x + 1
        return x


def scale(x):
    y = 2 * x
    return y


def gone(x):
    return helper(x)


def start(x):
    gone(x)
    return Model().run(x)
"""

NEW = '''\
"""A model."""


class Model:
    def run(self, x):
        if x is None:
            return x
        # all is doubled
        x = scale(x)
        if x > 2:
            x = x + 1
        return x


def scale(x):
    y = 2 * x
    return y


def start(x):
    return Model().run(x)
'''

TOUR = """\
title = "A framework"
entries = ["frame.model.start"]
languages = ["en", "zh"]
earlier = ["1.0"]

[distributions]
frame = "1.1"
"""

HERE = ("--annotations", "annotations")

NOTE = """\
+++
title = "All is doubled"
symbol = "frame.model.Model.run"
at = "assign x = scale"
+++
Nothing leaves as it came.[^two]

[^two]: claim "One becomes two."
"""

SNIPPET = """\
from frame.model import Model

result = Model().run(1)
assert result == 2, "One becomes two."
"""


def write_versions(folder: Path) -> Path:
    """Write both versions and the tour into a folder, and return the annotations."""
    bare = make_repository(folder, {"frame/__init__.py": "", "frame/model.py": OLD})
    write(folder / "work", {"frame/model.py": NEW})
    commit(folder / "work", "v1.1")
    git(folder / "work", "push", "--quiet", str(bare), "v1.1")
    write_table(folder, bare)
    table = folder / "annotations" / "repositories.toml"
    text = table.read_text("utf-8").replace('versions = ["1.0"]', 'versions = ["1.0", "1.1"]')
    table.write_text(text.replace('["frame", "examples"]', '["frame"]'), "utf-8")
    files = {"tour.toml": TOUR, "doubled.md": NOTE, "doubled.py": SNIPPET}
    write(folder / "annotations" / "frame", files)
    return folder / "annotations"


def build_site(folder: Path) -> Path:
    """Build the tour's site, and return it."""
    write_versions(folder)
    with chdir(folder):
        for command in (["fetch", "frame==1.1"], ["fetch", "frame==1.0"], ["check", "--fix"]):
            result = srcread(*command, *([] if command[0] == "fetch" else HERE))
            assert result.exit_code == 0, result.output
        result = srcread("build", *HERE, "-o", "site")
    assert result.exit_code == 0, result.output
    return folder / "site"
