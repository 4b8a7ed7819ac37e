r"""Run a plan: one process per snippet, forked from a warm one, and pass on what its claims report.

    python -I child.py PLAN       PLAN is a file of one line of JSON; `-` reads that line from stdin
                                  and, when stdin closes (the parent died), kills all and gives up

One file, standard library only, Python >= 3.9: any interpreter on any machine can run it. The
supervisor imports what the plan preloads, runs no operator (OpenMP does not survive a fork) and
forks per run. If the plan is not `warm` (on a GPU), it starts a fresh interpreter per run.

stdout, a line of JSON each: `environment` (python, platform, distributions, device, sandbox), or
`problem` with a message and nothing more; one `run` per run, in order: stem, records (base64),
output, cut ("", "time", "output", "records"), status or else signal; `end`.

Records are what a snippet's process writes to its pipe: `MAC JSON\n`. MAC is BLAKE2b, keyed with
the run's key, over the JSON; `sequence` in it counts up from 0. By `kind`:
    CLAIM      claim, part, truth, observed, expected: a part's first evaluation and first failure
    EXCEPTION  type, message, exit (true for SystemExit), line: what ended the snippet
    OBSERVED   observer, value: what one observer of the run has seen, after the snippet's last line
    END        evaluations [[claim, part, count]...]: the snippet came to its end; then `os._exit`
Keyed BLAKE2b and not `hmac`: it is one C function, where hmac is Python whose globals a snippet
could replace to be handed the key.

`inside` in a plan holds the texts of modules by name: the reporter, and the observers that a run
lists as [name, about]. An observer's `observe(about, load)` is called before the snippet, where
`load(name)` gives another module of `inside`. It returns a function that is called after the last
line of the snippet and returns a JSON value.

What holds: a snippet that ends early, swallows, patches, replays or floods is not confirmed. Not
promised: one that searches frames or memory for the reporter's key can forge its records.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import gc
import json
import os
import platform
import select
import shutil
import signal
import sys
import tempfile
import time
import types
import warnings
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

_HARMLESS = "CUDA_VISIBLE_DEVICES HOME LANG LC_CTYPE LD_LIBRARY_PATH OMP_NUM_THREADS TMPDIR"
_LINUX = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h


def main(arguments: list[str]) -> None:
    """Run the plan that the argument names; `--probe` and `--run` it gives itself."""
    results = os.dup(1)
    os.dup2(2, 1)  # what an import prints must not stand among the results
    if arguments == ["--run"]:
        _run_alone(results)
    if arguments == ["--probe"]:
        plan = json.loads(_read_line(0))
        _preload(plan["preload"])
        _emit(results, _environment(plan))
        return
    watched = [0] if arguments[0] == "-" else []
    plan = json.loads(_read_line(0) if watched else _read_file(arguments[0]))
    _supervise(plan, results, watched)


def _supervise(plan: dict[str, Any], results: int, watched: list[int]) -> None:
    if sys.version_info[:2] < tuple(plan["requires_python"]):
        needed = ".".join(map(str, plan["requires_python"]))
        _emit(results, {"kind": "problem", "message": f"it needs Python {needed} or newer"})
        return
    alone = not (plan["warm"] and hasattr(os, "fork"))
    if not alone:
        _preload(plan["preload"])
    environment = _probe(plan) if alone else _environment(plan)
    _emit(results, environment)
    if environment["kind"] == "problem":
        return
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)  # a snippet's orphans become ours, to be killed
    clean = _modules(plan)("reporter").clean
    start = _spawn if alone else _fork
    gc.freeze()
    for run in plan["runs"]:
        folder = tempfile.mkdtemp(prefix="run-")
        try:
            outcome = _watch(*start(plan, run, folder), plan["limits"], watched)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        outcome["output"] = clean(outcome["output"].replace(folder, "."))
        _emit(results, {"kind": "run", "stem": run["stem"], **outcome})
    _emit(results, {"kind": "end"})
    os._exit(0)  # unloading torch would take 0.2 s


def _preload(names: Iterable[str]) -> None:
    for name in names:
        try:
            __import__(name)
        except Exception:  # a snippet that needs it will meet the same error, and report it
            return


def _probe(plan: dict[str, Any]) -> dict[str, Any]:
    """Ask a process of its own: a supervisor that touched the GPU would hold memory on it."""
    import subprocess

    asked = json.dumps({**plan, "runs": []}) + "\n"
    command = [sys.executable, "-I", __file__, "--probe"]
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        return {"kind": "problem", "message": f"looking at {plan['device']!r} failed"}
    return dict(json.loads(done.stdout))


def _environment(plan: dict[str, Any]) -> dict[str, Any]:
    from importlib import metadata

    versions = {}
    for name in plan["distributions"]:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    device = _cpu() if plan["device"] == "cpu" else _gpu()
    if device is None:
        return {"kind": "problem", "message": f"its torch sees no {plan['device']!r} device"}
    confined = ["limits"] if os.name == "posix" else []
    confined += ["empty environment"] if set(os.environ) <= set(_HARMLESS.split()) else []
    return {
        "kind": "environment",
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "distributions": versions,
        "device": device,
        "sandbox": " and ".join(confined) or "none",
    }


def _cpu() -> dict[str, Any]:
    try:
        capability = sys.modules["torch"].backends.cpu.get_cpu_capability()
    except (KeyError, AttributeError):
        capability = "DEFAULT"
    return {"kind": "cpu", "name": "cpu" if capability == "DEFAULT" else f"cpu {capability}"}


def _gpu() -> dict[str, Any] | None:
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    driver = None
    with contextlib.suppress(OSError):
        driver = _read_file("/sys/module/nvidia/version").decode().strip()
    return {
        "kind": "cuda",
        "name": torch.cuda.get_device_name(0),
        "compute_capability": "{}.{}".format(*torch.cuda.get_device_capability(0)),
        "cuda": torch.version.cuda,
        "driver": driver,
    }


def _fork(plan: dict[str, Any], run: dict[str, Any], folder: str) -> tuple[int, int, int]:
    supervisor = os.getpid()
    records, records_end = os.pipe()
    output, output_end = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 warns of forks beside threads; those that torch's import started hold no lock.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() == supervisor:
                _execute(plan, run, folder, records_end, output_end)
        finally:
            os._exit(1)
    os.close(records_end)
    os.close(output_end)
    return pid, records, output


def _spawn(plan: dict[str, Any], run: dict[str, Any], folder: str) -> tuple[int, int, int]:
    request, request_end = os.pipe()
    records, records_end = os.pipe()
    output, output_end = os.pipe()
    ends = (request, records_end, output_end)
    actions = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate(ends)]
    command = [sys.executable, "-I", __file__, "--run"]
    pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=actions)
    for end in ends:
        os.close(end)
    asked = {"plan": {**plan, "runs": []}, "run": run, "folder": folder, "parent": os.getpid()}
    with contextlib.suppress(BrokenPipeError):
        _emit(request_end, asked)
    os.close(request_end)
    return pid, records, output


def _watch(
    pid: int, records: int, output: int, limits: dict[str, Any], watched: list[int]
) -> dict[str, Any]:
    """Follow a run until it has ended, or must be ended; leave nothing of it alive."""
    read = {records: bytearray(), output: bytearray()}
    most = {records: limits["record_bytes"], output: limits["output_bytes"]}
    cut, status = _follow(pid, read, most, time.monotonic() + limits["wall_seconds"], watched)
    _kill(pid, reaped=status is not None)
    status = os.waitpid(pid, 0)[1] if status is None else status
    _kill_orphans()
    if not cut and select.select([records], [], [], 0)[0]:
        read[records] += os.read(records, 1 << 16)  # what an orphan wrote until now: foreign bytes
    os.close(records)
    os.close(output)
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    known = {member.value: member.name for member in signal.Signals}
    return {
        "records": base64.b64encode(read[records]).decode(),
        "output": read[output][: most[output]].decode("utf-8", "replace"),
        "cut": {records: "records", output: "output"}.get(cut, "time" if cut else ""),
        "status": None if number else os.WEXITSTATUS(status),
        "signal": known.get(number, f"signal {number}") if number else None,
    }


def _follow(
    pid: int, read: dict[int, bytearray], most: dict[int, int], deadline: float, watched: list[int]
) -> tuple[int, int | None]:
    """Read until the process has ended: 0 and its status; or the pipe too full, -1 for too late."""
    unfinished, status = set(read), None
    while time.monotonic() <= deadline:
        if status is None:
            done, waited = os.waitpid(pid, os.WNOHANG)
            status = waited if done else None
        pause = 0.0 if status is not None else 0.05 if unfinished else 0.001
        ready = select.select([*unfinished, *watched], [], [], pause)[0]
        if status is not None and not unfinished.intersection(ready):
            return 0, status
        for descriptor in ready:
            chunk = os.read(descriptor, 1 << 16)
            if descriptor in read:
                read[descriptor] += chunk
                if len(read[descriptor]) > most[descriptor]:
                    return descriptor, status
                unfinished -= set() if chunk else {descriptor}
            elif not chunk:
                _kill(pid, reaped=status is not None)
                _kill_orphans()
                raise SystemExit("the parent is gone")
    return -1, status


def _kill(pid: int, reaped: bool = False) -> None:
    # The second is for one that has no group yet; a reaped one's number may be someone else's.
    for kill in (os.killpg,) if reaped else (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def _kill_orphans() -> None:
    for _ in range(100):
        children: list[int] = []
        with contextlib.suppress(OSError):
            for task in os.listdir("/proc/self/task"):
                children += map(int, _read_file(f"/proc/self/task/{task}/children").split())
        for child in children:
            _kill(child)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)
        if not children:
            return


def _run_alone(records: int) -> NoReturn:
    asked = json.loads(_read_line(0))
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != asked["parent"]:
        os._exit(1)
    _execute(asked["plan"], asked["run"], asked["folder"], records, os.dup(2))


def _execute(
    plan: dict[str, Any], run: dict[str, Any], folder: str, records: int, output: int
) -> NoReturn:
    leave, status = os._exit, 1
    os.setsid()
    _join(records, output)
    streams = _confine(plan, folder)
    path = os.path.join(folder, run["stem"] + ".py")
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(run["original"])  # for tracebacks and inspect: the lines are the same
    code = compile(run["source"], path, "exec", dont_inherit=True, optimize=0)
    load = _modules(plan)
    reporter = load("reporter").reporter(3, bytes.fromhex(run["key"]), run["soft"])
    fail = reporter.fail
    module = types.ModuleType("__main__")
    vars(module).update({"__file__": path, run["reporter"]: reporter.claims})
    sys.modules["__main__"], sys.argv = module, [path]
    observers = [(name, load(name).observe(about, load)) for name, about in run["observers"]]
    plan.clear()  # with the keys of the other runs
    run.clear()
    try:
        exec(code, vars(module))
        for name, seen in observers:
            reporter.observed(name, seen())
        reporter.end()
        status = 0
    except BaseException as error:
        fail(error, path)
    finally:
        for stream in streams:
            with contextlib.suppress(Exception):
                stream.flush()
        leave(status)  # no atexit, no other thread, no finally of the snippet


def _join(records: int, output: int) -> None:
    """Make 0 empty, 1 the output, 2 nowhere, 3 the records (no command inherits it); close others.

    `sys.stderr` writes to 1 as well. What writes to 2 itself is native code: log lines with dates.
    """
    high = [os.dup(records) for _ in range(4)][-1]  # beyond 3, whatever number it had
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor, number in ((output, 1), (nowhere, 0), (nowhere, 2)):
        os.dup2(descriptor, number)
    os.dup2(high, 3, inheritable=False)
    os.closerange(4, os.sysconf("SC_OPEN_MAX"))


def _modules(plan: dict[str, Any]) -> Callable[[str], Any]:
    """Return what gives a module of the plan's `inside`, executed once."""
    texts, loaded = dict(plan["inside"]), {}

    def load(name: str) -> Any:
        if name not in loaded:
            loaded[name] = module = types.ModuleType(name)
            code = compile(texts[name], f"{name}.py", "exec", dont_inherit=True)
            exec(code, vars(module))
        return loaded[name]

    return load


def _confine(plan: dict[str, Any], folder: str) -> list[Any]:
    os.chdir(folder)
    os.environ["HOME"] = os.environ["TMPDIR"] = folder
    tempfile.tempdir = None
    _limit(plan["limits"], plan["device"])
    warnings.formatwarning = lambda message, category, *_: f"{category.__name__}: {message}\n"
    for name in ("stdout", "stderr"):
        stream = open(1, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115 - kept
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    return [sys.stdout, sys.stderr]


def _limit(limits: dict[str, Any], device: str) -> None:
    import resource

    wanted = {"CPU": limits["cpu_seconds"], "FSIZE": limits["file_bytes"]}
    wanted |= {"NOFILE": limits["open_files"], "CORE": 0}
    if _LINUX:
        wanted["NPROC"] = limits["processes"] + _user_threads()
        if device == "cpu":  # CUDA reserves address space by the hundred GB
            held = int(_read_file("/proc/self/statm").split()[0]) * resource.getpagesize()
            wanted["AS"] = limits["memory_bytes"] + held
    for name, value in wanted.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        limit = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
        with contextlib.suppress(ValueError, OSError):
            # One CPU second later kills outright what has survived SIGXCPU.
            resource.setrlimit(kind, (limit, limit + 1 if name == "CPU" else limit))


def _user_threads() -> int:
    """Count this user's threads, for RLIMIT_NPROC counts them all; root is not bound by it."""
    count, user = 0, os.getuid()
    for name in filter(str.isdigit, os.listdir("/proc") if user else ()):
        with contextlib.suppress(OSError):
            tasks = os.stat(f"/proc/{name}/task")
            count += tasks.st_nlink - 2 if tasks.st_uid == user else 0
    return count


def _prctl(option: int, value: int) -> None:
    if _LINUX:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _read_line(descriptor: int) -> bytes:
    chunks = [b""]
    while not chunks[-1].endswith(b"\n"):
        chunks.append(os.read(descriptor, 1 << 16))
        if not chunks[-1]:
            break
    return b"".join(chunks)


def _read_file(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _emit(descriptor: int, value: dict[str, Any]) -> None:
    line = json.dumps(value).encode() + b"\n"
    while line:
        line = line[os.write(descriptor, line) :]


if __name__ == "__main__":
    main(sys.argv[1:])
