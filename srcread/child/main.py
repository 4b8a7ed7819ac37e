r"""Run a plan: one process per snippet, forked from a warm one, and pass on what its claims report.

    python -I main.py PLAN       PLAN is a file of one line of JSON; `-` reads that line from stdin
                                  and, when stdin closes (the parent died), kills all and gives up

A plan that `goes_on` is followed, on stdin, by lines of further `runs`, each with what it adds to
the `payload`, until that closes: they find imported what was imported for the first.

One file, standard library only, Python >= 3.9: any interpreter on any machine can run it. The
supervisor imports what the plan preloads, runs no operator (OpenMP does not survive a fork) and
forks per run. If the plan is not `warm` (on a GPU), it starts a fresh interpreter per run.

stdout, a line of JSON each: `environment` (python, platform, distributions and their `records`,
device, sandbox, `files`: where the plan's `modules` lie, `failed`: what could not be imported
before the runs, and why), or `problem` or `unconfined` with a
message and nothing more; one `run` per run, in order: stem, records (base64), output, cut ("",
"time", "cpu", "memory", "processes", "output", "records", "skipped"), status or else signal, the
seconds of `cpu` that it took; `end`.

Records are what a snippet's process writes to its pipe: `MAC JSON\n`. MAC is BLAKE2b, keyed with
the run's key, over the JSON; `sequence` in it counts up from 0. By `kind`:
    CLAIM      claim, part, truth, observed, expected: a part's first evaluation and first failure
    DOUBT      claim, part (-1 for none), code, name: why what is reported may not be so
    REPLACED   name: what stood for something else as a claim or a function of the note began
    EXCEPTION  type, message, exit (true for SystemExit), line: what ended the snippet
    OBSERVED   observer, value: what one observer of the run has seen, after the snippet's last
               line, as a text of JSON
    END        evaluations [[claim, part, count]...]: the snippet came to its end; then `os._exit`
Keyed BLAKE2b and not `hmac`: it is one C function, where hmac is Python whose globals a snippet
could replace to be handed the key.

`payload` in a plan holds the texts of modules by name: those of srcread.child.sandbox, which
confine the supervisor before it imports anything, and each run in its process; what executes a run
and what its claims report to; and the observers that a run lists as [name, about]. An observer's
`observe(about, load)` is called before the snippet, where `load(name)` gives another module of
`payload`. It returns a function that is called after the last line of the snippet and returns a
JSON value.

What holds: a snippet that ends early, swallows, patches, replays or floods is not confirmed, nor
one that looks for the reporter by names, frames, closures, classes or the collector (`reporter`
says how). Not promised: one that reads its process's memory, by ctypes or /proc, can have the key.
What observers have seen is their word: they stand in code that a snippet can reach.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import shutil
import sys
import tempfile
import types
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NoReturn

_SKIPPED = {"records": "", "output": "", "cut": "skipped", "status": None, "signal": None}
_LINUX = sys.platform.startswith("linux")


Inside = Callable[[], NoReturn]


def main(arguments: list[str]) -> Inside | None:
    """Run the plan that the argument names; `--probe`, `--run`, `--inside` it gives itself.

    Returns what the process of a run has to do. It is called when the frames of all that led to it
    are gone: a snippet can have code run in this thread, which sees what frames hold.
    """
    if arguments[0] == "--inside":
        return _go_on(*map(int, arguments[1:]))
    results = os.dup(1)
    os.dup2(2, 1)  # what an import prints must not stand among the results
    if arguments == ["--run"]:
        return _run_alone(results)
    if arguments == ["--probe"]:
        plan = json.loads(_read_line(0))
        _preload(plan)
        load = _modules(plan)
        _emit(results, load("environment").described(plan, load))
        return None
    watched = [0] if arguments[0] == "-" else []
    plan = json.loads(_read_line(0) if watched else _read_file(arguments[0]))
    if sys.version_info[:2] < tuple(plan["requires_python"]):
        needed = ".".join(map(str, plan["requires_python"]))
        _emit(results, {"kind": "problem", "message": f"it needs Python {needed} or newer"})
        return None

    def again(before: list[str], seen: dict[str, Any]) -> None:
        told = os.memfd_create("plan", 0)
        _emit(told, {"plan": plan, "seen": seen})
        os.lseek(told, 0, os.SEEK_SET)
        os.set_inheritable(results, True)
        descriptors = map(str, (told, results, *watched))
        os.execv(before[0], [*before, sys.executable, "-I", __file__, "--inside", *descriptors])

    load = _modules(plan)
    load("confine").enter(plan, load, __file__, again)
    return _supervise(plan, load, results, watched)


def _go_on(told: int, results: int, *watched: int) -> Inside | None:
    """Go on inside bubblewrap, which has replaced the process that was told the plan."""
    asked = json.loads(_read_line(told))
    os.close(told)
    os.set_inheritable(results, False)
    load = _modules(asked["plan"])
    load("confine").arrive(asked["plan"], "bubblewrap", [], load, asked["seen"])
    return _supervise(asked["plan"], load, results, list(watched))


def _supervise(
    plan: dict[str, Any], load: Callable[[str], Any], results: int, watched: list[int]
) -> Inside | None:
    if "problem" in plan["sandbox"]:
        _emit(results, {"kind": "unconfined", "message": plan["sandbox"]["problem"]})
        return None
    alone = not (plan["warm"] and hasattr(os, "fork"))
    plan["runs"] = _packed(plan["runs"])
    if not alone:
        _preload(plan)
        alone = bool(plan["failed"])
    if not alone:
        _keep(plan, load)
    environment = _probe(plan) if alone else load("environment").described(plan, load)
    _emit(results, {"failed": plan.get("failed", {}), **environment})
    if environment["kind"] == "problem":
        return None
    if _LINUX:
        load("confine").count_own(plan)
        system = load("system")
        system.control(system.CHILD_SUBREAPER, 1)  # a snippet's orphans become ours, to be killed
    clean = load("describing").clean
    start, watch = _spawn if alone else _fork, load("watch").watch
    gc.freeze()
    given_up: set[int] = set()
    for line in _each_run(plan):
        run = json.loads(line)
        if run["gives_up"] and run["group"] in given_up:
            _emit(results, {"kind": "run", "stem": run["stem"], **_SKIPPED})
            continue
        folder = _folder(plan)
        if run["errors"] is not None and not alone:
            with contextlib.suppress(SyntaxError, RecursionError):  # then the run itself ends by it
                path = os.path.join(folder, run["stem"] + ".py")
                run["compiled"] = load("errors").compiled(run["source"], path, run["mark"], load)
                load("natives")  # what it imports, forks have then
        started = start(plan, run, folder)
        if not isinstance(started, tuple):
            return started
        try:
            own = {**plan, "limits": {**plan["limits"], **run["limits"]}}
            outcome = watch(own, load("limits"), started, watched)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if not plan["own"]["script"]:  # what a reader's own script says is for the reader alone
            outcome["output"] = clean(_without_places(outcome["output"], folder, plan))
        _emit(results, {"kind": "run", "stem": run["stem"], **outcome})
        late, failed = outcome["cut"] == "time", bool(outcome["cut"]) or outcome["status"] != 0
        if late if run["gives_up"] == "late" else failed:
            given_up.add(run["group"])
    _emit(results, {"kind": "end"})
    os._exit(0)  # unloading torch would take 0.2 s


def _each_run(plan: dict[str, Any]) -> Iterator[bytes]:
    """Yield the runs of a plan, and then those that its parent sends while it goes on."""
    yield from plan["runs"]
    while plan["goes_on"] and (line := _read_line(0)):
        further = json.loads(line)
        plan["payload"].update(further["payload"])
        plan["runs"] = _packed(further["runs"])
        yield from plan["runs"]


def _packed(runs: list[dict[str, Any]]) -> io.BytesIO:
    """Return runs, with their keys, as one block of memory: a fork frees it without copying it."""
    return io.BytesIO(b"".join(json.dumps(run).encode() + b"\n" for run in runs))


def _without_places(text: str, folder: str, plan: dict[str, Any]) -> str:
    """Name source trees as a requirement does, a run's folder by a dot, and shorten one's own."""
    for requirement, (root, _) in plan["given"]["trees"].items():
        text = text.replace(root, requirement)
    for root in plan["own"]["importable"]:
        text = text.replace(root + os.sep, "")
    return text.replace(folder, ".")


def _folder(plan: dict[str, Any]) -> str:
    """Return where a run works: of one name if it can be, for what is compiled holds its name."""
    folder = "/scratch/run" if plan["sandbox"]["mounts"] else tempfile.gettempdir() + "/run"
    try:
        if not plan["sandbox"]["mounts"]:
            os.mkdir(folder, 0o700)
    except FileExistsError:  # what a snippet left, and could not be removed
        return tempfile.mkdtemp(prefix="run-")
    return folder


def _keep(plan: dict[str, Any], load: Callable[[str], Any]) -> None:
    """Keep what the names of imported packages stand for; no snippet has run yet."""
    plan["payload"] = _compiled(plan["payload"])
    plan["originals"] = load("keeping").taken(load("bindings"), plan)
    plan["known"] = load("deciding").prepared(plan["originals"])


def _preload(plan: dict[str, Any]) -> None:
    """Import what the plan names, `module` or `module:attribute`; note in it what failed and how.

    A snippet that needs what is not there will meet the same error. Any other error may leave
    modules behind that are half imported: no run can be a fork of this process then.
    """
    plan["failed"] = {}
    for asked in plan["preload"]:
        name, _, attribute = asked.partition(":")
        try:
            __import__(name)
            if attribute:
                getattr(sys.modules[name], attribute, None)
        except ImportError:
            continue
        except Exception as error:  # whatever a package raises while it is imported
            plan["failed"][asked] = f"{type(error).__name__}: {error}"


def _probe(plan: dict[str, Any]) -> dict[str, Any]:
    """Ask a process of its own: a supervisor that touched the GPU would hold memory on it."""
    import subprocess

    asked = json.dumps({**plan, "runs": []}) + "\n"
    command = [sys.executable, "-I", __file__, "--probe"]
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        return {"kind": "problem", "message": f"looking at {plan['device']!r} failed"}
    return dict(json.loads(done.stdout))


def _fork(plan: dict[str, Any], run: dict[str, Any], folder: str) -> tuple[int, int, int] | Inside:
    """Return a run's process and its pipes; in this process, what it has to do."""
    supervisor = os.getpid()
    records, records_end = os.pipe()
    output, output_end = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 warns of forks beside threads; those that torch's import started hold no lock.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        return partial(_execute, plan, run, folder, records_end, output_end, supervisor)
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


def _run_alone(records: int) -> Inside:
    asked = json.loads(_read_line(0))
    asked["plan"]["runs"] = _packed([])
    place = asked["folder"], records, os.dup(2), asked["parent"]
    return partial(_execute, asked["plan"], asked["run"], *place)


def _execute(
    plan: dict[str, Any], run: dict[str, Any], folder: str, records: int, output: int, parent: int
) -> NoReturn:
    leave: Callable[[int], NoReturn] = os._exit
    load = _modules(plan)
    os.setsid()
    _join(records, output)
    try:
        load("confine").confine(plan, load, folder)
    except OSError as error:
        os.write(1, f"cannot be confined: {error}\n".encode())
        leave(1)
    if os.getppid() != parent:
        leave(1)
    trees = plan["given"]["trees"]
    trees = load("overlay").laid(run, trees, folder) if run["overlay"] else trees
    streams = load("execute").settle(folder, trees, plan["own"]["folder"])
    sys.path[:0] = plan["own"]["importable"]  # what lies there is imported in here alone
    if "originals" not in plan:  # no process that this one is a fork of has looked
        _preload(plan)
        _keep(plan, load)
    load("execute").execute(plan, run, folder, streams, load)
    leave(1)


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
    """Return what gives a module of the plan's `payload`, executed once."""
    sources, loaded = dict(plan["payload"]), {}

    def load(name: str) -> Any:
        if name not in loaded:
            loaded[name] = module = types.ModuleType(name)
            exec(_compiled({name: sources[name]})[name], vars(module))
        return loaded[name]

    return load


def _compiled(sources: dict[str, Any]) -> dict[str, Any]:
    """Compile the modules of a plan that are still texts: forks share the codes, 19 ms a change."""
    return {
        name: compile(source, f"{name}.py", "exec", dont_inherit=True)
        if isinstance(source, str)
        else source
        for name, source in sources.items()
    }


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
    inside = main(sys.argv[1:])
    if inside is not None:
        try:
            inside()
        finally:
            os._exit(1)
