"""Running snippets: one warm process, isolation, endings, and what the parent itself imports."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from support.claims_example import claims_of
from support.reasons import said

from srcread.errors import SrcreadError
from srcread.model import Confinement, Depends, Device, Environment, Run
from srcread.running.judge import judge
from srcread.running.plan import Job, Plan, RunLimits, plan
from srcread.running.runner import run_jobs

SHAPE = "The output has three features."
ROOT = Path(__file__).parent.parent
HAS_GPU = Path("/dev/nvidiactl").exists()
# Looked for and not imported: the parent's process stays free of torch, and the tests quick.
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="orphans are ended on Linux only")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")


def job(stem: str, text: str) -> Job:
    """Make a job of a snippet whose one claim is appended: it ends by saying that it ended."""
    whole = dedent(text) + "\nassert len('end') == 3, 'It came to its end.'\n"
    return Job(stem, whole, claims_of(whole, "It came to its end."), Depends(stem))


def run(text: str, python: Path | None = None, distributions: tuple[str, ...] = ()) -> Run:
    jobs = [job("snippet", text)]
    return run_jobs(
        jobs, python=python, distributions=distributions, trusted=True, date="2026-01-02"
    )[0]


def child_lines(planned: Plan, folder: Path) -> list[Mapping[str, Any]]:
    """Run a copy of the child, as on another machine, on a plan in a file."""
    child, file = folder / "main.py", folder / "plan.json"
    child.write_bytes((ROOT / "srcread" / "child" / "main.py").read_bytes())
    file.write_text(json.dumps(planned))
    command = [sys.executable, "-I", str(child), str(file)]
    done = subprocess.run(command, capture_output=True, check=True, env={}, cwd="/")
    return [json.loads(line) for line in done.stdout.splitlines()]


def marked(marker: str) -> list[int]:
    """Return every process of this machine whose command line holds a marker."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and marker.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


def wait_for(happened: Callable[[], bool], seconds: float = 300) -> bool:
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.02)
    return happened()


def test_runs_come_back_in_the_order_of_their_jobs_and_progress_is_told() -> None:
    told: list[str] = []
    jobs = [job(name, f"print({name!r})") for name in ("b", "c", "a")]
    runs = run_jobs(jobs, distributions=(), progress=told.append, trusted=True, date="2026-01-02")
    assert [run.output for run in runs] == ["b\n", "c\n", "a\n"]
    assert [run.depends.script for run in runs] == ["b", "c", "a"]
    assert told == ["b", "c", "a"]


def test_no_job_starts_nothing() -> None:
    assert run_jobs([], python=Path("/no/such/python"), trusted=True, date="2026-01-02") == ()


def test_all_snippets_of_a_batch_share_one_warm_process() -> None:
    # Each interpreter has a seed of its own for the hashes of texts.
    jobs = [job(f"s{i}", "print(hash('text'))") for i in range(5)]
    assert (
        len(
            {
                run.output
                for run in run_jobs(jobs, distributions=(), trusted=True, date="2026-01-02")
            }
        )
        == 1
    )


def test_a_snippet_sees_no_other_snippets_doing() -> None:
    jobs = [
        job("first", "import json\njson.dumps = None\nopen('left', 'w').close()"),
        job("second", "import json, os\nprint(json.dumps(sorted(os.listdir('.'))))"),
    ]
    runs = run_jobs(jobs, distributions=(), trusted=True, date="2026-01-02")
    assert runs[1].output == '["second.py"]\n'


def test_a_snippet_is_a_script_as_if_run_by_itself() -> None:
    found = run(
        """\
        import inspect, os, pickle, sys
        def function(): return "its own source"
        class Point: pass
        print(__name__, os.path.basename(__file__), [os.path.basename(a) for a in sys.argv])
        print(inspect.getsource(function).strip())
        print(type(pickle.loads(pickle.dumps(Point()))) is Point, sys.stdin.read() == "")
        """
    )
    assert found.output.splitlines() == [
        "__main__ snippet.py ['snippet.py']",
        'def function(): return "its own source"',
        "True True",
    ]


def test_the_environment_of_a_snippet_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "xyzzy")
    found = run(
        """
        import os
        print(sorted(os.environ))
        """
    )
    assert found.output == (
        "['CUDA_VISIBLE_DEVICES', 'HOME', 'LANG', 'OMP_NUM_THREADS', 'TMPDIR']\n"
    )
    assert found.environment.sandbox[-2:] == (Confinement.LIMITS, Confinement.EMPTY_ENVIRONMENT)


def test_output_and_messages_name_no_path_of_this_machine() -> None:
    found = run(
        """
        import os, sys, tempfile, warnings
        print(os.getcwd(), sys.executable, tempfile.gettempdir())
        print("to stderr", file=sys.stderr)
        warnings.warn("old")
        raise ValueError(__file__)
        """
    )
    name = Path(sys.executable).name  # a last part with a dot tells no place and is kept
    shown = f"…/{name}" if "." in name else "…"
    assert found.output == f". {shown} .\nto stderr\nUserWarning: old\n"
    assert said(found) == ("raised ValueError at line 6: …/snippet.py",)


def test_versions_are_those_of_the_interpreter_that_ran() -> None:
    found = run("", distributions=("pytest", "no-such-distribution"))
    assert found.environment.distributions == {"pytest": pytest.__version__}
    assert found.environment.python == sys.version.split()[0]
    assert found.environment.device.kind == "cpu"


def test_another_interpreter_runs_the_snippets_and_lacks_what_it_lacks(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "v"], check=True)
    python = tmp_path / "v" / "bin" / "python"
    jobs = [job("needs-torch", "import torch"), job("needs-nothing", "")]
    needing, plain = run_jobs(jobs, python=python, trusted=True, date="2026-01-02")
    assert said(needing) == ("cannot run here: needs torch",)
    assert plain.confirmed
    assert plain.environment.distributions == {}


def test_an_interpreter_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    with pytest.raises(SrcreadError, match=r"Cannot run '.*/nothing': No such file"):
        run("", python=tmp_path / "nothing")
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'no Python here' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(SrcreadError, match="/broken' did not start: 'no Python here'"):
        run("", python=broken)
    with pytest.raises(SrcreadError, match=r"true' did not start, and did not say why\. Give --py"):
        run("", python=Path(shutil.which("true") or ""))


@pytest.mark.parametrize(
    "said", ["1", '"yes"', "[]", "{}", '{"kind": "environment"}', '{"kind": "environment", "x": 1']
)
def test_what_answers_as_no_child_does_has_not_started(tmp_path: Path, said: str) -> None:
    other = tmp_path / "other"
    other.write_text(f"#!/bin/sh\necho '{said}'\n")
    other.chmod(0o755)
    with pytest.raises(SrcreadError, match=r"/other' (did not start|cannot run)"):
        run("", python=other)


def test_an_unknown_device_is_named_with_the_nearest() -> None:
    with pytest.raises(SrcreadError, match=r"'cude'; known are cpu, cuda. Did you mean 'cuda'\?"):
        run_jobs([job("snippet", "")], device="cude", trusted=True, date="2026-01-02")


def test_a_stem_that_leaves_its_folder_is_refused() -> None:
    with pytest.raises(SrcreadError, match=r"'\.\./x' is no stem"):
        run_jobs([job("../x", "")], trusted=True, date="2026-01-02")


def test_a_python_that_is_too_old_says_so(tmp_path: Path) -> None:
    planned: Plan = {**plan([], trusted=True), "requires_python": [9, 9]}
    assert child_lines(planned, tmp_path) == [
        {"kind": "problem", "message": "it needs Python 9.9 or newer"}
    ]


def test_a_plan_and_the_child_are_all_that_another_machine_needs(tmp_path: Path) -> None:
    lines = child_lines(
        plan([job("snippet", "print('hello')")], distributions=(), trusted=True), tmp_path
    )
    assert [line["kind"] for line in lines] == ["environment", "run", "end"]
    assert (lines[1]["stem"], lines[1]["output"], lines[1]["status"]) == ("snippet", "hello\n", 0)


def test_what_native_code_logs_is_not_output() -> None:
    found = run("import os\nos.write(2, b'2026-01-02 12:34 started')\nprint('read this')")
    assert found.output == "read this\n"


def test_runs_that_are_not_warm_have_an_interpreter_each(tmp_path: Path) -> None:
    jobs = [job("a", "print('hello')"), job("b", "import os\nos._exit(0)")]
    planned: Plan = {**plan(jobs, distributions=(), trusted=True), "warm": False}
    environment, *outcomes, end = child_lines(planned, tmp_path)
    assert environment["sandbox"][-2:] == ["limits", "empty environment"]
    assert end["kind"] == "end"
    nowhere = Environment("", "", {}, Device("cpu", "cpu"), ())
    pairs = zip(planned["runs"], outcomes, strict=True)
    runs = [judge(p, o, {}, environment=nowhere, date="", depends=Depends("")) for p, o in pairs]
    assert [said(run) for run in runs] == [(), ("ended before its end: os._exit",)]
    assert runs[0].output == "hello\n"


@linux_only
def test_a_snippet_that_kills_the_runner_costs_only_its_own_run() -> None:
    jobs = [
        job("first", ""),
        job("killer", "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(60)"),
        job("last", ""),
    ]
    runs = run_jobs(jobs, levels=["limits"], distributions=(), trusted=True, date="2026-01-02")
    assert [run.confirmed for run in runs] == [True, False, True]
    assert said(runs[1]) == ("the runner died or stopped with it",)


@linux_only
def test_a_snippet_that_forges_the_runners_results_is_refused() -> None:
    jobs = [
        job(
            "forger",
            """
            import glob, os
            for path in glob.glob(f"/proc/{os.getppid()}/fd/*"):
                try:
                    if "pipe" in os.readlink(path):
                        with open(path, "wb", buffering=0) as pipe:
                            pipe.write(b'{"kind": "run", "stem": "forger"}\\n')
                except OSError:
                    pass
            raise ValueError
            """,
        ),
        job("last", ""),
    ]
    runs = run_jobs(jobs, levels=["limits"], distributions=(), trusted=True, date="2026-01-02")
    assert [run.confirmed for run in runs] == [False, True]


PARENT = """
import sys
from srcread.model import Depends
from srcread.running.plan import Job
from srcread.running.runner import run_jobs
jobs = [Job("snippet", sys.stdin.read(), (), Depends(""))]
run_jobs(jobs, levels=sys.argv[1:], distributions=(), trusted=True, date="")
"""


@linux_only
@pytest.mark.parametrize("level", ["namespaces", "Landlock", "limits"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_however_the_parent_ends_nothing_lives_on(tmp_path: Path, number: int, level: str) -> None:
    marker = secrets.token_hex(8)
    snippet = f"""
import subprocess, sys, time
command = [sys.executable, "-I", "-c", "import time; time.sleep(60)", {marker!r}]
subprocess.Popen(command, start_new_session=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, level],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in background
    ) as parent:
        assert parent.stdin is not None
        parent.stdin.write(snippet.encode())
        parent.stdin.close()
        assert wait_for(lambda: bool(marked(marker)))
        parent.send_signal(number)
        parent.wait(300)
    assert parent.returncode == -number or number == signal.SIGINT
    assert wait_for(lambda: not marked(marker))
    inside = "srcread-*/files/r*-*"
    assert wait_for(lambda: not list(tmp_path.glob(inside)))  # removed a moment later


def test_the_parent_imports_nothing_beyond_click_and_libcst() -> None:
    code = dedent(
        """
        import sys
        before = set(sys.modules)  # what the site's own .pth files bring is not ours
        from srcread.evidence import read_evidence, record_run, standing
        from srcread.running.plan import Job
        from srcread.running.runner import run_jobs
        from srcread.model import Claim, Depends
        text = "assert len(''), 'It holds.'"
        job = Job("snippet", text, (Claim("It holds.", 1, ""),), Depends(""))
        run_jobs([job], trusted=True, date="")
        new = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(sorted(new - sys.stdlib_module_names))
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "['libcst', 'srcread']\n"


def test_reading_evidence_imports_neither_libcst_nor_subprocess() -> None:
    code = "import sys, srcread.evidence as e; print({'libcst', 'subprocess'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "set()\n"


@needs_torch
def test_torch_is_imported_once_for_all_and_before_any_snippet() -> None:
    text = """
        import os, sys
        was_there = "torch" in sys.modules
        import torch
        torch.manual_seed(0)
        value = torch.nn.Linear(4, 3)(torch.randn(2, 4))
        assert value.shape == (2, 3), "The output has three features."
        print(was_there, os.getppid(), torch.get_num_threads())
        """
    jobs = [job(f"s{i}", text) for i in range(3)]
    jobs = [Job(j.stem, j.text, (*j.claims, *claims_of(j.text, SHAPE)), Depends("")) for j in jobs]
    runs = run_jobs(jobs, trusted=True, date="2026-01-02")
    assert [run.confirmed for run in runs] == [True] * 3
    assert {tuple(run.output.split()[::2]) for run in runs} == {("True", "1")}
    assert len({run.output for run in runs}) == 1
    assert runs[0].claims[1].observed == runs[0].claims[1].expected == "(2, 3)"
    assert runs[0].environment.distributions["torch"].startswith("2.")
    assert runs[0].environment.device.name.startswith("cpu")


@needs_torch
def test_torchs_own_assertions_are_claims_and_forks_may_use_threads() -> None:
    text = """
        import torch
        torch.set_num_threads(2)
        x = torch.ones(300, 300)
        torch.testing.assert_close(x @ x, x * 300, msg="It holds.")
        try:
            torch.testing.assert_close(x, x + 1, msg="It does not hold.")
        except AssertionError:
            pass
        """
    text = dedent(text)
    jobs = [Job("snippet", text, claims_of(text), Depends(""))]
    found = run_jobs(jobs, trusted=True, date="2026-01-02")[0]
    assert [claim.held for claim in found.claims] == [True, False]
    assert found.claims[0].observed == "tensor of shape (300, 300), float32"
    assert said(found) == ("claim 2 is false: 'It does not hold.'",)


@needs_torch
@pytest.mark.skipif(HAS_GPU, reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_said() -> None:
    with pytest.raises(SrcreadError, match="its torch sees no 'cuda' device"):
        run_jobs([job("snippet", "import torch")], device="cuda", trusted=True, date="2026-01-02")


@needs_torch
@pytest.mark.skipif(not HAS_GPU, reason="needs a GPU")
def test_on_a_gpu_each_run_has_an_interpreter_of_its_own() -> None:
    text = "import torch\nprint((torch.ones(2, device='cuda') + 1).tolist())"
    runs = run_jobs(
        [job(n, text) for n in ("a", "b")], device="cuda", trusted=True, date="2026-01-02"
    )
    assert [(run.confirmed, run.output) for run in runs] == [(True, "[2.0, 2.0]\n")] * 2
    device = runs[0].environment.device
    assert (device.kind, device.compute_capability is None) == ("cuda", False)


def test_a_limit_of_a_run_is_not_a_limit_of_the_batch() -> None:
    jobs = [job("slow", "import time\ntime.sleep(60)"), job("quick", "")]
    runs = run_jobs(
        jobs, limits=RunLimits(wall_seconds=3), distributions=(), trusted=True, date="2026-01-02"
    )
    assert [said(run) for run in runs] == [("took longer than 3 s",), ()]
