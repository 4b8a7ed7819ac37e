"""A machine for runs has a framework, click and libcst, and nothing else of what a site needs.

Rehearsed with an interpreter that finds only these. For a GPU a stand-in of torch says that there
is one: it shows that the command goes through, and nothing about a GPU.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from support.story_example import ROOT, TOUR, install, process, write, write_tour

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

# click, and libcst with what it imports.
ALLOWED = ("click", "libcst", "typing_extensions", "typing_inspect", "mypy_extensions", "yaml")
TORCH = '''\
"""A stand-in: a torch that sees a GPU, and whose tensors held 123,456,789 bytes."""

from types import SimpleNamespace

version = SimpleNamespace(cuda="12.8")
cuda = SimpleNamespace(
    is_available=lambda: True,
    is_initialized=lambda: True,
    get_device_name=lambda number: "Stand-in",
    get_device_capability=lambda number: (9, 0),
    max_memory_allocated=lambda: 123456789,
)
'''
SNIPPET = '''\
"""Show a sum on a device."""

import torch

assert torch.cuda.get_device_name(0) == "Stand-in", "The device is the one that there is."
'''


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an interpreter in venv/, which has srcread, what is allowed, and tiny."""
    here = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", here / "venv"], check=True)
    packages = next((here / "venv" / "lib").glob("python*")) / "site-packages"
    for name in ALLOWED:
        found = find_spec(name)
        if found is None or found.origin is None:  # which of them libcst needs, its version says
            continue
        origin = Path(found.origin)
        origin = origin.parent if origin.stem == "__init__" else origin
        (packages / origin.name).symlink_to(origin)
    for name in ("srcread", "annotations", "templates"):
        (here / "checkout").mkdir(exist_ok=True)
        (here / "checkout" / name).symlink_to(ROOT / name)
    install(here / "installed")
    write(here / "installed", {"torch.py": TORCH})
    (packages / "bare.pth").write_text(f"{here / 'checkout'}\n{here / 'installed'}\n")
    tour = write_tour(here / "annotations")
    write(tour, {"tour.toml": TOUR + '\n[snippets]\nimports = ["torch"]\n'})
    fixed = process("check", "tiny-model", "--fix", cwd=here, site=here / "installed")
    assert fixed.returncode == 0, fixed.stderr
    return here


def on_it(bare: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command there, alone with what that interpreter finds."""
    return subprocess.run(
        [bare / "venv" / "bin" / "python", "-I", *arguments],
        cwd=bare,
        capture_output=True,
        text=True,
        timeout=300,
    )


def runs_in(archive: Path, stem: str) -> list[dict[str, Any]]:
    with zipfile.ZipFile(archive) as packed:
        return list(json.loads(packed.read(f"tiny-model/evidence/{stem}.json"))["runs"])


@pytest.mark.parametrize("name", ["jinja2", "pygments", "rich", "markdown_it", "platformdirs"])
def test_the_machine_lacks_what_a_site_needs(bare: Path, name: str) -> None:
    assert "No module named" in on_it(bare, "-c", f"import {name}").stderr


def test_confirm_with_an_archive_is_one_command_there_and_import_takes_it_in_elsewhere(
    bare: Path, tmp_path: Path
) -> None:
    done = on_it(bare, "-m", "srcread", "confirm", "tiny-model", "--controls", "--out", "home.zip")
    assert done.returncode == 0, done.stderr
    assert "2 notes packed into home.zip." in done.stdout
    assert not (bare / "annotations" / "tiny-model" / "evidence").exists()
    write_tour(tmp_path / "annotations")
    site = bare / "installed"
    archive = str(bare / "home.zip")
    taken = process("evidence", "import", archive, cwd=tmp_path, site=site)
    assert taken.stdout.endswith("2 runs taken in.\n"), taken.stderr
    (run,) = runs_in(bare / "home.zip", "first-layers")
    assert run["controls"]["mutants"]["claim"] and run["executed"]
    assert "peak_memory" not in run


def test_on_a_gpu_it_is_the_same_command_and_says_the_device_and_its_memory(bare: Path) -> None:
    (bare / "annotations" / "tiny-model" / "first-layers.py").write_text(SNIPPET)
    command = ("confirm", "first-layers", "--device", "cuda", "--out", "gpu.zip")
    done = on_it(bare, "-m", "srcread", *command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "at most 114.44 MiB on the GPU" in done.stdout
    (run,) = runs_in(bare / "gpu.zip", "first-layers")
    device = run["environment"]["device"]
    assert (device["kind"], device["name"]) == ("cuda", "Stand-in")
    assert (device["compute_capability"], device["cuda"]) == ("9.0", "12.8")
    assert run["peak_memory"] == 120_000_000


def test_without_a_gpu_one_line_says_so(bare: Path) -> None:
    (bare / "installed" / "torch.py").write_text(TORCH.replace("lambda: True", "lambda: False", 1))
    done = on_it(bare, "-m", "srcread", "confirm", "first-layers", "--device", "cuda")
    assert done.returncode == 2
    assert "sees no 'cuda' device" in done.stderr
    assert done.stderr.count("\n") == 1
