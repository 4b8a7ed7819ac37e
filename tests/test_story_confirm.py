"""The story of `confirm`: whose snippets run where, what an interrupt leaves, wrong arguments."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.story_example import ROOT, SNIPPET, environment, install, process, write_tour

from srcread.support.resources import is_shipped

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are of Linux")

# Runs srcread where no namespace can be made: as a user, in one that allows no further one.
CONFINED = """
import os, sys
from srcread.child.sandbox import system
user = os.getuid()
system.unshare(system.NEW_USER)
with open("/proc/self/uid_map", "w") as file:
    file.write(f"1000 {user} 1")
with open("/proc/sys/user/max_user_namespaces", "w") as file:
    file.write("0")
os.execv(sys.executable, [sys.executable, "-m", "srcread", *sys.argv[1:]])
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tour in ./annotations, its locks written, and an environment in ./venv."""
    folder = tmp_path_factory.mktemp("prepared")
    install(folder / "installed")
    write_tour(folder / "annotations")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    packages = next((folder / "venv" / "lib").iterdir()) / "site-packages"
    packages.joinpath("tiny.pth").write_text("../../../../installed")  # of each copy its own
    assert confirm_less(folder, "check", "--fix", "tiny-model").returncode == 0
    return folder


@pytest.fixture
def here(prepared: Path, tmp_path: Path) -> Path:
    """A copy of the prepared folder, of the test's own."""
    return shutil.copytree(prepared, tmp_path / "here", symlinks=True)


def confirm_less(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return process(*arguments, cwd=here, site=here / "installed")


def confirm(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return confirm_less(here, "confirm", "--python", "venv", *arguments)


def sandbox_of(here: Path, stem: str) -> list[str]:
    path = here / "annotations" / "tiny-model" / "evidence" / f"{stem}.json"
    runs = json.loads(path.read_text())["runs"]
    return list(runs[0]["environment"]["sandbox"])


def test_a_tours_name_runs_all_its_notes(here: Path) -> None:
    result = confirm(here, "tiny-model", "first-layers")
    assert result.stdout.splitlines()[-1] == "1 of 2 notes confirmed on cpu, 1 by an equivalent.", (
        result.stderr
    )
    assert sandbox_of(here, "first-layers") == sandbox_of(here, "layer-order")


@linux_only
def test_a_persons_own_snippets_run_in_a_sandbox(here: Path) -> None:
    key = here / "id_secret"
    key.write_text("xyzzy")
    snippet = here / "annotations" / "tiny-model" / "first-layers.py"
    snippet.write_text(f"{SNIPPET}\nopen({str(key)!r})\n")
    result = confirm(here, "first-layers")
    assert result.returncode == 1
    assert "raised FileNotFoundError at line 9" in result.stdout


@linux_only
def test_without_a_sandbox_other_peoples_snippets_need_trust(here: Path) -> None:
    command = [sys.executable, "-c", CONFINED, "confirm", "--python", "venv", "first-layers"]
    variables = environment(here / "installed")
    told = {"cwd": here, "env": variables, "capture_output": True, "text": True, "timeout": 60}
    refused = subprocess.run(command, **told)  # type: ignore[call-overload] # one set for two
    assert refused.returncode == 2, refused.stderr
    assert refused.stderr.startswith(
        "srcread: These snippets are not srcread's own, and no sandbox"
    )
    assert refused.stderr.endswith("Read them, then run them with --trust.\n")
    assert "namespaces: unshare: No space left on device" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (here / "annotations" / "tiny-model" / "evidence").exists()
    trusted = subprocess.run([*command, "--trust"], **told)  # type: ignore[call-overload] # as above
    assert trusted.returncode == 0, trusted.stderr
    assert sandbox_of(here, "first-layers")[-2:] == ["limits", "empty environment"]


@linux_only
def test_a_chosen_level_is_the_one_that_is_recorded(here: Path) -> None:
    assert confirm(here, "first-layers", "--sandbox", "limits").returncode == 2
    assert confirm(here, "first-layers", "--sandbox", "limits", "--trust").returncode == 0
    assert sandbox_of(here, "first-layers")[0] == "limits"
    # Equal but for the level: the file says how far a snippet could have tampered with it.
    assert "(recorded)" in confirm(here, "first-layers").stdout
    assert "(as recorded)" in confirm(here, "first-layers").stdout
    assert sandbox_of(here, "first-layers")[0] == "namespaces"


def test_what_came_with_srcread_is_trusted_and_nothing_else(tmp_path: Path) -> None:
    assert is_shipped(ROOT / "annotations" / "torch-transformer")
    assert not is_shipped(tmp_path / "annotations" / "torch-transformer")
    link = tmp_path / "annotations"
    link.symlink_to(ROOT / "annotations")
    assert is_shipped(link / "torch-transformer")


def test_an_interrupt_loses_no_run_that_was_done(here: Path) -> None:
    slow = here / "annotations" / "tiny-model" / "first-layers.py"
    slow.write_text(f"import time\ntime.sleep(60)\n{SNIPPET}")
    output = interrupted(here, "tiny-model")
    assert output == (
        "by equivalent  tiny-model/layer-order: 1 of 1 claim, 0 of 2 lines reached (recorded)\n"
        "               the page says: by an equivalent, on CPU only · other functions of the "
        "source ran, these lines were not seen to run\n"
    )


def test_an_interrupt_loses_no_controls_that_were_done(here: Path) -> None:
    tour = here / "annotations" / "tiny-model"
    slow = "import time\nif result != 10:  # not as it is, but in a change of the code\n    time."
    (tour / "first-layers.py").write_text(SNIPPET.replace("print", f"{slow}sleep(4)\nprint", 1))
    quick = 'from tiny import Model\n\nassert Model(3).run(5) == 10, "The last one scales."\n'
    (tour / "layer-order.py").write_text(quick)
    output = interrupted(here, "tiny-model", "--controls")
    assert output.count("the page says: confirmed") == 1
    assert "layer-order: 1 of 1 claim, 2 of 2 lines reached, 3 changes of these lines" in output
    recorded = json.loads((tour / "evidence" / "layer-order.json").read_text())["runs"]
    caught = [set(run["controls"]["mutants"]["claim"]) for run in recorded]
    assert len(caught[0]) == 3
    assert not (tour / "evidence" / "first-layers.json").exists()


def interrupted(here: Path, *arguments: str) -> str:
    """Run confirm, send Ctrl-C as soon as layer-order is recorded, and return what it printed."""
    done = here / "annotations" / "tiny-model" / "evidence" / "layer-order.json"
    with subprocess.Popen(
        [sys.executable, "-m", "srcread", "confirm", "--python", "venv", *arguments],
        cwd=here,
        env=environment(here / "installed"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as running:
        deadline = time.monotonic() + 300
        while not done.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(1)  # it is printed behind that
        running.send_signal(signal.SIGINT)
        output, errors = running.communicate(timeout=300)
    assert running.returncode == 130
    assert errors.strip() == "srcread: Interrupted."
    return output


def test_without_a_name_only_the_tours_here_are_run_and_not_the_shipped_ones(here: Path) -> None:
    result = confirm(here)
    assert result.stdout.splitlines()[-1] == "1 of 2 notes confirmed on cpu, 1 by an equivalent.", (
        result.stderr
    )
    assert "torch-transformer" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--python", "no-such-python"], "'no-such-python' is no interpreter. Give the path"),
        (["--python", "annotations"], "'annotations' is no interpreter. Give the path"),
        (["--device", "gpu"], "'gpu' is not one of 'cpu', 'cuda'"),
        (["--sandbox", "docker"], "'docker' is not one of 'namespaces', 'bubblewrap'"),
        (["tiny-modle"], "There is no note or tour 'tiny-modle'. Did you mean 'tiny-model'?"),
        (["first-layer"], "There is no note 'first-layer'. Did you mean 'first-layers'?"),
        (["tiny-modle/first-layers"], "There is no tour 'tiny-modle'. Did you mean 'tiny-model'?"),
        (["--annotations", "annotation"], "Did you mean 'annotations'?"),
        (["--trusted"], "No such option '--trusted'. Did you mean"),
    ],
)
def test_what_a_newcomer_gets_wrong_is_one_line(
    here: Path, arguments: list[str], words: str
) -> None:
    result = confirm_less(here, "confirm", *arguments)
    assert result.returncode == 2
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_evidence_is_not_written_where_a_link_of_the_tour_leads(here: Path) -> None:
    (here / "elsewhere").mkdir()
    (here / "annotations" / "tiny-model" / "evidence").symlink_to(here / "elsewhere")
    done = confirm(here, "first-layers")
    assert done.returncode == 1
    assert "TOUR011 This is no plain file" in done.stderr
    assert list((here / "elsewhere").iterdir()) == []


def test_where_no_change_can_be_tried_the_reason_is_told(here: Path) -> None:
    snippet = here / "annotations" / "tiny-model" / "first-layers.py"
    snippet.write_text(f"import os\n{SNIPPET}\nModel(3).run(os.getpid())\n")
    told = confirm(here, "first-layers", "--controls").stdout
    assert "no change could be tried: its values differ from run to run" in told


def test_a_snippet_that_a_limit_ends_when_it_is_watched_is_told_what_to_do(here: Path) -> None:
    snippet = here / "annotations" / "tiny-model" / "first-layers.py"
    seen = "if any(map(callable, Layer.run.__code__.co_consts)):\n    print('x' * (1 << 20))\n"
    snippet.write_text(f"{SNIPPET}\nfrom tiny.model import Layer\n{seen}")
    told = [
        line.strip() for line in confirm(here, "first-layers", "--controls").stdout.splitlines()
    ]
    why = "when it was watched, its run did not come to its end: printed more than 64 KiB"
    assert f"which lines ran is unknown: {why}" in told
    assert f"no change could be tried: {why}" in told
    assert [line for line in told if "call these functions less often" in line] != []
