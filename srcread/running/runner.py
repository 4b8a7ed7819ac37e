"""Run snippets in a child interpreter and judge them: the parent's side of `srcread.child`.

The parent imports no framework. Device, versions and digests of a run are its words: it asks the
child for versions and device before any snippet runs. A child that dies costs the run in which it
died, and what would follow of that snippet; a fresh one goes on with the rest. However this process
ends, nothing it started lives on: the child kills its runs and itself when its stdin closes.

What confines the snippets is the child's part: see srcread.child.sandbox.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from srcread.errors import SrcreadError, did_you_mean
from srcread.model import Confinement, Device, Environment, Run
from srcread.running.judge import DIED, SKIPPED, Json, judge
from srcread.running.plan import (
    DEFAULT_LIMITS,
    LEVELS,
    MAIN,
    Job,
    Plan,
    PlannedRun,
    RunLimits,
    plan,
)
from srcread.support.scratch import scratch_folder

_DEVICES = ("cpu", "cuda")
_START_SECONDS = 300  # a first import of torch from a network disk
_GRACE_SECONDS = 30


def run_jobs(jobs: Sequence[Job], **settings: Any) -> tuple[Run, ...]:
    """Run every job and return their runs in the same order; `settings` are those of `each_run`."""
    with contextlib.closing(each_run(jobs, **settings)) as runs:
        return tuple(runs)


def each_run(
    jobs: Sequence[Job],
    *,
    python: Path | None = None,
    device: str = "cpu",
    limits: RunLimits = DEFAULT_LIMITS,
    distributions: Sequence[str] = ("torch",),
    levels: Sequence[str] = LEVELS,
    trusted: bool,
    progress: Callable[[str], None] | None = None,
    date: str,
) -> Generator[Run]:
    """Run every job, one after the other, and yield each run when it is done; close it to stop.

    `python` is the interpreter to run them, this one if None; `distributions` are those whose
    versions are recorded; `progress` is told the stem of each job as its turn comes. Of `levels`
    of confinement the first that works is taken; what is not `trusted` needs a sandbox.

    Raises:
        SrcreadError: the device or interpreter cannot be used, a snippet cannot be parsed, or it
            is not trusted and there is no sandbox.
    """
    planned = plan(
        jobs, limits, device=device, distributions=distributions, levels=levels, trusted=trusted
    )
    tell = progress or (lambda _: None)
    outcomes = run_plan(planned, python, lambda number: tell(jobs[number].stem))
    with contextlib.closing(outcomes):
        for job, run, (environment, outcome) in zip(jobs, planned["runs"], outcomes, strict=True):
            yield judge(
                run,
                outcome,
                planned["limits"],
                environment=environment,
                date=date,
                depends=job.depends,
            )


def run_plan(
    planned: Plan,
    python: Path | None = None,
    starting: Callable[[int], None] = lambda _: None,
    located: Callable[[Mapping[str, str]], None] = lambda _: None,
) -> Generator[tuple[Environment, Json]]:
    """Yield where each run of a plan ran, and its outcome, in order; close it to stop.

    `starting` is told the number of each run as its turn comes, `located` where the plan's modules
    lie, whenever a child has started.

    Raises:
        SrcreadError: the device or interpreter cannot be used.
    """
    _refuse(planned["device"])
    interpreter = (python or Path(sys.executable)).absolute()  # the child starts in another folder
    runs, done = planned["runs"], 0
    while done < len(runs):
        rest: Plan = {**planned, "runs": runs[done:]}
        starting(done)
        with contextlib.closing(_batch(rest, interpreter, located)) as batch:
            for environment, outcome in batch:
                yield environment, outcome
                done += 1
                if done < len(runs):
                    starting(done)
        died = runs[done - 1]["group"]  # unless all are done
        while done < len(runs) and runs[done]["group"] == died and runs[done]["gives_up"]:
            yield environment, SKIPPED
            done += 1


def locate_modules(planned: Plan, python: Path | None = None) -> Mapping[str, str]:
    """Return where the plan's modules lie for this interpreter; nothing is run.

    Raises:
        SrcreadError: the device or interpreter cannot be used.
    """
    _refuse(planned["device"])
    files: dict[str, str] = {}
    interpreter = (python or Path(sys.executable)).absolute()
    with contextlib.closing(_batch({**planned, "runs": []}, interpreter, files.update)) as batch:
        next(batch, None)
    return files


def _refuse(device: str) -> None:
    if os.name != "posix":
        raise SrcreadError(
            "Snippets run on Linux and macOS only. Run `srcread confirm` there; build works here."
        )
    if device not in _DEVICES:
        known = ", ".join(_DEVICES)
        raise SrcreadError(
            f"Unknown device {device!r}; known are {known}.{did_you_mean(device, _DEVICES)}"
        )


def _batch(
    planned: Plan, python: Path, located: Callable[[Mapping[str, str]], None]
) -> Generator[tuple[Environment, Json]]:
    """Yield the outcomes of one child's runs; where it dies, of that run too, and stop."""
    with contextlib.ExitStack() as stack:
        _, lines, told = _started(planned, python, stack)
        located(told["files"])
        for run in planned["runs"]:
            line = next(lines, None)
            if line is None or not DIED.keys() < line.keys() or line["stem"] != run["stem"]:
                yield told["environment"], DIED
                return
            yield told["environment"], line


def _started(
    planned: Plan, python: Path, stack: contextlib.ExitStack
) -> tuple[subprocess.Popen[bytes], Iterator[Json], Json]:
    """Start a child for as long as the stack lasts; return it, its lines, and what it told first.

    That is its `environment`, where its `files` lie, and what `failed` to be imported.
    """
    folder = stack.enter_context(scratch_folder())
    child = stack.enter_context(_child(python, folder, planned["device"]))
    lines = _lines(child, planned["limits"]["wall_seconds"] + _GRACE_SECONDS)
    _send(child, planned)
    first = next(lines, None)
    if first is None or first.get("kind") != "environment":
        raise SrcreadError(_start_failure(python, folder, first))
    try:
        told = {
            "environment": _environment(first),
            "files": first["files"],
            "failed": dict(first["failed"]),
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SrcreadError(_start_failure(python, folder, None)) from None
    return child, lines, told


class KeptChild:
    """A child that is told its runs one by one, so that what it has imported is there for each.

    One that dies is replaced by a fresh one at the next run. `failed` names what it could not
    import before the first, and why: its runs are no forks of it then.
    """

    def __init__(self, planned: Plan, python: Path | None = None) -> None:
        """Take a plan without runs, which says what is imported and how runs are confined.

        Raises:
            SrcreadError: as `run_plan` does, at the first run.
        """
        _refuse(planned["device"])
        self._planned: Plan = {**planned, "runs": [], "goes_on": True}
        self._python = (python or Path(sys.executable)).absolute()
        self._stack = contextlib.ExitStack()
        self._running: tuple[subprocess.Popen[bytes], Iterator[Json], Json] | None = None
        self.failed: Mapping[str, str] = {}

    def run(self, run: PlannedRun, texts: Mapping[str, str]) -> tuple[Environment, Json]:
        """Run one, with modules added to the plan's payload, and return where, and its outcome."""
        if self._running is None:
            self._running = _started(self._planned, self._python, self._stack)
            self.failed = self._running[2]["failed"]
        child, lines, told = self._running
        _send(child, {"runs": [run], "payload": dict(texts)})
        line = next(lines, None)
        if line is None or not DIED.keys() < line.keys() or line["stem"] != run["stem"]:
            self.close()
            line = DIED
        return told["environment"], line

    def close(self) -> None:
        """End the child and all that it runs."""
        self._running = None
        self._stack.close()

    def __enter__(self) -> KeptChild:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextlib.contextmanager
def _child(python: Path, folder: Path, device: str) -> Iterator[subprocess.Popen[bytes]]:
    with open(folder / "errors", "wb") as errors:
        try:
            child = subprocess.Popen(
                [python, "-I", MAIN, "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=folder,
                env=_variables(str(folder), device),
                start_new_session=True,  # Ctrl-C reaches only us; we end the child
            )
        except OSError as error:
            raise SrcreadError(
                f"Cannot run {str(python)!r}: {error.strerror}. Give --python an interpreter."
            ) from None
    assert child.stdin is not None and child.stdout is not None
    try:
        yield child
    finally:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()  # the child's sign to end its runs and itself
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        child.stdout.close()


def _variables(folder: str, device: str) -> dict[str, str]:
    """Return the whole environment of the child: nothing of the user's, and one thread.

    One thread makes results equal on machines with different numbers of cores.
    """
    variables = {"LANG": "C.UTF-8", "HOME": folder, "TMPDIR": folder, "OMP_NUM_THREADS": "1"}
    if device == "cpu":
        return {**variables, "CUDA_VISIBLE_DEVICES": ""}
    wanted = ("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH")
    return variables | {name: os.environ[name] for name in wanted if name in os.environ}


def _send(child: subprocess.Popen[bytes], told: Mapping[str, Any]) -> None:
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it died at its start, as its silence will tell
        child.stdin.write(json.dumps(told).encode() + b"\n")
        child.stdin.flush()


def _lines(child: subprocess.Popen[bytes], patience: float) -> Iterator[Json]:
    """Yield the child's lines until it closes stdout, is late or says what is no object of JSON."""
    assert child.stdout is not None
    descriptor, buffer = child.stdout.fileno(), b""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        head, newline, tail = buffer.partition(b"\n")
        if newline:
            try:
                line = json.loads(head)
            except ValueError:
                return
            if not isinstance(line, dict):
                return
            buffer = tail
            yield line
            deadline = time.monotonic() + patience  # from here on it is waited for
            continue
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            return
        buffer += chunk


def _start_failure(python: Path, folder: Path, first: Json | None) -> str:
    if first is not None and first.get("kind") == "unconfined":
        return (
            f"These snippets are not srcread's own, and no sandbox can be had here "
            f"({first['message']}). Read them, then run them with --trust."
        )
    if first is not None:
        return f"{str(python)!r} cannot run these snippets: {first.get('message', first)}."
    errors = (folder / "errors").read_text("utf-8", "replace").strip().splitlines()
    said = f": {errors[-1]!r}" if errors else ", and did not say why"
    return f"{str(python)!r} did not start{said}. Give --python an interpreter."


def _environment(line: Json) -> Environment:
    return Environment(
        python=line["python"],
        platform=line["platform"],
        distributions=dict(sorted(line["distributions"].items())),
        device=Device(**line["device"]),
        sandbox=tuple(map(Confinement, line["sandbox"])),
        records=dict(sorted(line["records"].items())),
    )
