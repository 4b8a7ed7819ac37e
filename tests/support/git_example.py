"""A small framework whose sources are only in git, in a bare repository on this machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

FILES = {
    "LICENSE": "Do as you like.\n",
    "README.md": "Not read.\n",
    "setup.py": "raise SystemExit\n",
    "frame/__init__.py": "from frame.model import Model\n",
    "frame/model.py": (
        "from frame.ops import scale\n\n\nclass Model:\n    def run(self, x):\n"
        "        if x > 1:\n            x = scale(x)\n        return x\n"
    ),
    "frame/ops.py": "def scale(x):\n    return 2 * x\n",
    "frame/kernel.cu": "// not read\n",
    "examples/bloom/build.py": "from frame import Model\n\n\ndef main():\n    Model().run(1)\n",
}


def make_repository(
    folder: Path, files: Mapping[str, str] = FILES, *, tag: str = "v1.0", filters: bool = True
) -> Path:
    """Make a bare repository with one tagged commit, and return it."""
    work, bare = folder / "work", folder / "frame.git"
    for name, text in files.items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    git(work, "init", "--quiet")
    commit(work, tag)
    git(folder, "clone", "--quiet", "--bare", str(work), str(bare))
    git(bare, "config", "uploadpack.allowFilter", str(filters).lower())
    return bare


def commit(work: Path, tag: str) -> None:
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "All of it", "--no-gpg-sign")
    git(work, "tag", tag)


def git(folder: Path, *arguments: str) -> str:
    """Run git with a configuration of the test's own, and return what it says."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in _IDENTITY},
    }
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().strip()


_IDENTITY = ("NAME", "EMAIL")


def write_table(folder: Path, repository: Path, name: str = "frame") -> None:
    """Tell, in the annotations of a folder, that a distribution is in this repository."""
    path = folder / "annotations" / "repositories.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'[{name}]\nrepository = "{repository.as_uri()}"\npackages = ["frame", "examples"]\n'
        'versions = ["1.0"]\nlicence = "MIT"\n',
        encoding="utf-8",
    )
