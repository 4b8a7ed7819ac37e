"""The sandbox: what a snippet tries against the machine, on every level that claims to stop it."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from support.claims_example import claims_of
from support.reasons import said

import srcread.child.sandbox.bubblewrap as bubblewrap
import srcread.child.sandbox.view as view_of
from srcread.errors import SrcreadError
from srcread.model import Confinement, Depends, Run
from srcread.running.plan import Job, Plan, RunLimits, plan
from srcread.running.runner import each_run, run_jobs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is of Linux")

ENDS = "It came to its end."
ENDED = f"assert len('end') == 3, {ENDS!r}"
CHILD = Path(__file__).parent.parent / "srcread" / "child" / "main.py"
SYSTEM_PYTHON = Path("/usr/bin/python3")
AS_USER = """#!/bin/sh
TMPDIR=/tmp HOME=/tmp exec setpriv --reuid 65534 --regid 65534 --clear-groups {} "$@"
"""


class Level:
    """One level of confinement, and the interpreter that a test of it starts."""

    def __init__(self, name: str, python: Path | None = None) -> None:
        self.name, self.python = name, python

    def runs(self, *texts: str, limits: RunLimits | None = None) -> Iterator[Run]:
        """Run snippets, each with a claim at its end, so that only what ends is confirmed."""
        whole = [f"{dedent(text)}\n{ENDED}" for text in texts]
        jobs = [
            Job(f"s{n}", text, claims_of(text, ENDS), Depends("")) for n, text in enumerate(whole)
        ]
        return each_run(
            jobs,
            python=self.python,
            levels=[self.name],
            limits=limits or RunLimits(),
            distributions=(),
            trusted=True,
            date="2026-01-02",
        )

    def run(self, text: str, limits: RunLimits | None = None) -> Run:
        return next(iter(list(self.runs(text, limits=limits))))


@pytest.fixture
def level(request: pytest.FixtureRequest, tmp_path: Path) -> Level:
    """The level that a test names; `name as a user` runs the child as nobody, if we are root."""
    name, _, user = request.param.partition(" as ")
    if name == "bubblewrap" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    if not user:
        return Level(name)
    if os.getuid():
        pytest.skip("all tests here run as a user")
    python = tmp_path / "python"
    python.write_text(AS_USER.format(shlex.quote(str(SYSTEM_PYTHON))))
    python.chmod(0o755)
    asked = [str(python), "-c", f"open({str(CHILD)!r}); import ctypes"]
    if subprocess.run(asked, capture_output=True).returncode:
        pytest.skip("no system's Python, or another user cannot read this checkout")
    return Level(name, python)


USERS = ("namespaces as a user", "bubblewrap as a user")
SANDBOXES = ("namespaces", "bubblewrap", *USERS)
on_sandboxes = pytest.mark.parametrize("level", SANDBOXES, indirect=True)
on_locked = pytest.mark.parametrize("level", [*SANDBOXES, "Landlock"], indirect=True)
on_all = pytest.mark.parametrize("level", [*SANDBOXES, "Landlock", "limits"], indirect=True)

TRY = """
import ctypes, os, socket, stat, sys
def refused(act, *given):
    try:
        act(*given)
    except OSError as error:
        return type(error).__name__
    return ""
def call(name, *given):
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*given) == -1:
        raise OSError(ctypes.get_errno(), name)
"""


def marked(marker: str) -> list[int]:
    """Return every process of this machine whose command line holds a marker."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and marker.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


@pytest.mark.parametrize(
    ("level", "held"),
    [
        ("namespaces", ["namespaces", "Landlock", "limits", "empty environment"]),
        ("bubblewrap", ["bubblewrap", "Landlock", "limits", "empty environment"]),
        ("Landlock", ["Landlock", "limits", "empty environment"]),
        ("limits", ["limits", "empty environment"]),
    ],
    indirect=["level"],
)
def test_a_run_records_what_confined_it(level: Level, held: list[str]) -> None:
    assert level.run("").environment.sandbox == tuple(map(Confinement, held))


def test_without_a_wish_a_batch_has_namespaces() -> None:
    jobs = [Job("snippet", ENDED, claims_of(ENDED), Depends(""))]
    found = run_jobs(jobs, distributions=(), trusted=False, date="2026-01-02")[0]
    assert (found.confirmed, said(found)) == (True, ())
    assert found.environment.sandbox[0] is Confinement.NAMESPACES


@pytest.mark.parametrize("name", ["Landlock", "limits"])
def test_other_peoples_snippets_do_not_run_without_a_sandbox(tmp_path: Path, name: str) -> None:
    ran = tmp_path / "ran"
    jobs = [Job("snippet", f"open({str(ran)!r}, 'w')", (), Depends(""))]
    with pytest.raises(SrcreadError, match=r"no sandbox can be had .* with --trust") as refused:
        run_jobs(jobs, levels=[name], trusted=False, distributions=(), date="2026-01-02")
    assert "\n" not in str(refused.value)
    assert not ran.exists()


@on_all
def test_an_endless_loop_is_judged_soon_after_its_limit(level: Level) -> None:
    runs = level.runs("", "while True: pass", "", limits=RunLimits(wall_seconds=2))
    next(runs)
    start = time.monotonic()
    looping = next(runs)
    assert time.monotonic() - start < 30
    assert said(looping) == ("took longer than 2 s",)
    assert next(runs).confirmed


@on_sandboxes
def test_the_kernel_refuses_a_run_more_processes_than_its_limit(level: Level) -> None:
    found = level.run(
        """
        import os, time
        count = 0
        try:
            while count < 200:
                if os.fork() == 0:
                    time.sleep(60)
                    os._exit(0)
                count += 1
        except BlockingIOError:
            pass
        print(count)
        """,
        RunLimits(processes=20, wall_seconds=20),
    )
    assert found.confirmed, said(found)
    # Its own two threads count. In bubblewrap as root, what nobody runs outside counts as well.
    assert (1 if level.name == "bubblewrap" else 18) <= int(found.output) <= 20


@on_sandboxes
def test_a_fork_bomb_ends_with_its_run(level: Level) -> None:
    marker = secrets.token_hex(8)
    bomb = f"""
        import os, sys
        bomb = "import os\\nwhile True:\\n try: os.fork()\\n except OSError: pass"
        os.execv(sys.executable, [sys.executable, "-I", "-c", bomb, {marker!r}])
        """
    runs = level.runs("", bomb, limits=RunLimits(processes=20, wall_seconds=2))
    next(runs)
    start = time.monotonic()
    found = next(runs)
    assert time.monotonic() - start < 30
    assert said(found) == ("took longer than 2 s",)
    assert marked(marker) == []


@pytest.mark.parametrize("level", ["Landlock", "limits"], indirect=True)
def test_too_many_processes_are_counted_where_the_kernel_does_not_bind(level: Level) -> None:
    text = """
        import os, time
        for _ in range(40):
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
        time.sleep(60)
        """
    found = level.run(text, RunLimits(processes=20, wall_seconds=20))
    # A user is bound by the kernel on these levels as well, beside what else he runs.
    assert said(found)[0] in (
        "ran more than 20 processes at once",
        "raised BlockingIOError at line 4: [Errno 11] Resource temporarily unavailable",
    )


@on_all
def test_ten_gigabytes_are_refused(level: Level) -> None:
    found = level.run("held = bytearray(10 << 30)")
    assert said(found) == ("raised MemoryError at line 1",)


@on_all
def test_memory_is_counted_over_all_processes_of_a_run(level: Level) -> None:
    text = """
        import os, time
        for _ in range(5):
            if os.fork() == 0:
                held = b"x" * (100 << 20)
                time.sleep(60)
        time.sleep(60)
        """
    found = level.run(text, RunLimits(memory_bytes=256 << 20, wall_seconds=20))
    assert said(found) == ("held more than 256 MiB",)


@on_all
def test_a_hundred_megabytes_of_output_are_cut(level: Level) -> None:
    found = level.run("for _ in range(100): print('x' * 1_000_000)")
    assert said(found) == ("printed more than 64 KiB",)
    assert len(found.output) == 64 << 10


@on_locked
def test_nothing_is_written_outside(level: Level, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    places = (str(tmp_path), "/usr", "/etc", "/var/tmp")
    outside = [f"{place}/written" for place in places]
    found = level.run(
        TRY
        + f"""
for path in [*{outside!r}, sys.prefix + "/written", os.__file__]:
    assert refused(open, path, "a"), path
assert refused(os.remove, os.__file__)
with open("/dev/null", "w") as file:
    file.write("this may be written")
"""
    )
    assert found.confirmed, (said(found), found.output)
    assert not [path for path in outside if os.path.exists(path)]


@on_sandboxes
def test_a_files_mode_and_times_cannot_be_changed(level: Level, tmp_path: Path) -> None:
    assert level.run(TRY + "assert refused(os.chmod, os.__file__, 0o644)").confirmed
    assert level.run(TRY + "assert refused(os.utime, os.__file__)").confirmed


@on_locked
def test_homes_and_other_files_cannot_be_read(level: Level, tmp_path: Path) -> None:
    key = tmp_path / "id_secret"
    key.write_text("xyzzy")
    key.chmod(0o644)
    home = os.path.expanduser("~")
    found = level.run(
        TRY
        + f"""
for path in [{str(key)!r}, "/etc/shadow", "/etc/hostname", "/var/log", {home!r} + "/.ssh"]:
    assert refused(os.listdir if path == "/var/log" else open, path), path
os.symlink({str(key)!r}, "link")
assert refused(open, "link")
os.symlink("/", "root")
assert refused(os.listdir, "root/home")
assert refused(os.link, {str(key)!r}, "hard")
"""
    )
    assert found.confirmed, (said(found), found.output)


@contextlib.contextmanager
def listening(family: int, kind: int, address: object) -> Iterator[socket.socket]:
    with socket.socket(family, kind) as listener:
        listener.bind(address)  # type: ignore[arg-type] # any family's
        if kind == socket.SOCK_STREAM:
            listener.listen()
        listener.setblocking(False)
        yield listener


@on_sandboxes
def test_no_connection_and_no_packet_arrives(level: Level, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    named, abstract = str(tmp_path / "socket"), f"\0{secrets.token_hex(8)}"
    with (
        listening(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)) as stream,
        listening(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)) as packets,
        listening(socket.AF_UNIX, socket.SOCK_STREAM, named),
        listening(socket.AF_UNIX, socket.SOCK_STREAM, abstract),
    ):
        os.chmod(named, 0o777)
        found = level.run(
            TRY
            + f"""
assert refused(socket.create_connection, {stream.getsockname()!r}, 2)
for name in ({named!r}, {abstract!r}):
    with socket.socket(socket.AF_UNIX) as client:
        assert refused(client.connect, name), name
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    print(refused(client.sendto, b"x", {packets.getsockname()!r}))
    print(refused(client.sendto, b"x", ("192.0.2.1", 53)))
"""
        )
        assert found.confirmed, (said(found), found.output)
        for receiver in (stream.accept, lambda: packets.recv(1)):
            with pytest.raises(BlockingIOError):
                receiver()


@pytest.mark.parametrize("level", ["Landlock"], indirect=True)
def test_landlock_alone_refuses_tcp(level: Level) -> None:
    with listening(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)) as stream:
        address = stream.getsockname()
        found = level.run(TRY + f"assert refused(socket.create_connection, {address!r}, 2)")
        assert found.confirmed, said(found)
        with pytest.raises(BlockingIOError):
            stream.accept()


@on_locked
def test_the_runner_cannot_be_killed_stopped_or_looked_into(level: Level) -> None:
    attack = (
        TRY
        + """
import signal
parent = os.getppid()
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT):
    refused(os.kill, parent, number)
for name in ("mem", "environ", "maps"):
    assert refused(lambda: open(f"/proc/{parent}/{name}", "rb").read(1)), name
for name in ("fd/0", "fd/1", "cwd", "root"):
    assert refused(os.readlink, f"/proc/{parent}/{name}"), name
assert refused(call, "ptrace", 16, parent, None, None)  # PTRACE_ATTACH
"""
    )
    found = list(level.runs(attack, ""))
    assert found[0].confirmed, (found[0].reasons, found[0].output)
    assert found[1].confirmed


@on_sandboxes
def test_killing_all_processes_reaches_only_its_own(level: Level) -> None:
    with subprocess.Popen(["sleep", "60"]) as bystander:
        found = list(level.runs("import os\nos.kill(-1, 9)", ""))
        assert bystander.poll() is None
        bystander.kill()
    assert found[1].confirmed


@on_locked
def test_no_secret_is_found_in_any_environment(
    level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET", "xyzzy")
    found = level.run(
        """
        import glob, os
        assert "A_SECRET" not in os.environ
        looked = 0
        for path in [*glob.glob("/proc/[0-9]*/environ"), "/proc/self/environ"]:
            try:
                with open(path, "rb") as file:
                    assert b"xyz" + b"zy" not in file.read(), path
                looked += 1
            except OSError:
                pass
        assert looked >= 1
        """
    )
    assert found.confirmed, (said(found), found.output)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="system calls by number")
@on_locked
def test_keys_of_the_users_session_cannot_be_had(level: Level) -> None:
    library, name = ctypes.CDLL(None), secrets.token_hex(8).encode()
    key = library.syscall(248, b"user", name, b"xyzzy", 5, -3)  # add_key, to the session's keyring
    if key == -1:
        pytest.skip("this kernel or session has no keyring")
    search = f"ctypes.CDLL(None).syscall(250, 10, -3, b'user', {name!r}, 0)"  # keyctl
    try:
        assert eval(search) == key
        found = level.run(f"import ctypes\nassert {search} == -1")
        assert found.confirmed, said(found)
    finally:
        library.syscall(250, 3, key)  # revoke


@on_locked
def test_devices_mounts_and_privileges_are_refused(level: Level) -> None:
    found = level.run(
        TRY
        + """
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines())
assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
assert status["NoNewPrivs"].strip() == "1"
assert refused(os.mknod, "memory", 0o600 | stat.S_IFCHR, os.makedev(1, 1))
assert refused(call, "mount", b"tmpfs", b".", b"tmpfs", 0, None)
assert refused(call, "umount2", b"/proc", 2)
assert refused(os.chroot, ".")
assert refused(call, "sethostname", b"x", 1)
child = os.fork()
if child == 0:  # in a namespace of users of one's own, if one can be had, mounts fail as well
    refused(call, "unshare", 0x10020000)
    os._exit(0 if refused(call, "mount", b"tmpfs", b".", b"tmpfs", 0, None) else 1)
assert os.waitpid(child, 0)[1] == 0
"""
    )
    assert found.confirmed, (said(found), found.output)


@pytest.mark.parametrize("level", ["namespaces", "bubblewrap", "Landlock"], indirect=True)
def test_a_run_in_an_interpreter_of_its_own_is_as_confined_as_a_fork(
    level: Level, tmp_path: Path
) -> None:
    # So it is on a GPU, where nothing is warm.
    text = """
status = open("/proc/self/status").read()
assert "CapEff:\\t0000000000000000" in status
try:
    open("/etc/hostname")
except OSError as error:
    print("refused")
"""
    jobs = [Job("a", dedent(text), (), Depends("")), Job("b", dedent(text), (), Depends(""))]
    planned: Plan = {
        **plan(jobs, distributions=(), levels=[level.name], trusted=True),
        "warm": False,
    }
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(planned))
    command = [sys.executable, "-I", str(CHILD), str(file)]
    done = subprocess.run(command, capture_output=True, check=True, env={})
    environment, *runs, _ = map(json.loads, done.stdout.splitlines())
    assert environment["sandbox"][0] == level.name
    assert [(run["output"], run["status"]) for run in runs] == [("refused\n", 0)] * 2


def test_a_gpu_run_is_not_bound_in_address_space() -> None:
    code = """
import resource, sys
from dataclasses import asdict
from srcread.running.plan import RunLimits
from srcread.child.sandbox import limits
limits.apply(asdict(RunLimits()), sys.argv[1], 0)
print(resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY)
"""
    said = [
        subprocess.run([sys.executable, "-c", code, device], capture_output=True, text=True).stdout
        for device in ("cuda", "cpu")
    ]
    assert said == ["True\n", "False\n"]


@pytest.mark.parametrize("level", ["namespaces", "bubblewrap"], indirect=True)
def test_a_run_is_not_root_and_does_not_become_it(level: Level) -> None:
    if os.getuid():
        pytest.skip("all tests here run as a user")
    text = TRY + "assert os.getuid() == 65534 and refused(os.setuid, 0) and refused(os.setgid, 0)"
    found = level.run(text)
    assert found.confirmed, said(found)


@on_sandboxes
def test_a_run_leaves_nothing_for_the_next(level: Level) -> None:
    leave = """
        import ctypes, os
        for path in ("left", os.path.expanduser("~/left"), "/scratch/left", "/dev/shm/left"):
            open(path, "w").close()
        assert ctypes.CDLL(None).shmget(0x5EED, 4096, 0o1666) != -1
        """
    look = """
        import ctypes, os
        print(sorted(os.listdir(".")), os.listdir("/scratch"), os.listdir("/dev/shm"))
        print(ctypes.CDLL(None).shmget(0x5EED, 4096, 0))
        """
    left, looked = level.runs(leave, look)
    assert left.confirmed, left.reasons
    assert looked.output == "['s1.py'] ['run'] ['run']\n-1\n"


@on_sandboxes
def test_what_a_run_may_write_is_bounded_in_all(level: Level) -> None:
    found = level.run(
        """
        import errno
        try:
            for number in range(100):
                with open(f"part{number}", "wb") as file:
                    file.write(bytes(1 << 20))
        except OSError as error:
            print(number, errno.errorcode[error.errno])
        """,
        RunLimits(file_bytes=8 << 20),
    )
    assert found.output == "7 ENOSPC\n"


@on_all
def test_nothing_survives_a_run(level: Level) -> None:
    marker = secrets.token_hex(8)
    found = level.run(
        f"""
        import os, subprocess, sys
        command = [sys.executable, "-I", "-c", "import time; time.sleep(60)", {marker!r}]
        subprocess.Popen(command)
        subprocess.Popen(command, start_new_session=True)
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execv(sys.executable, command)
            os._exit(0)
        """
    )
    assert found.confirmed, said(found)
    deadline = time.monotonic() + 60
    while marked(marker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert marked(marker) == []


@on_locked
def test_files_that_a_run_needs_are_there(level: Level) -> None:
    found = level.run(
        """
        import getpass, hashlib, inspect, json, os, ssl, subprocess, sys, tempfile
        assert len(os.urandom(8)) == len(open("/dev/urandom", "rb").read(8))
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"x")
        assert "def dumps" in inspect.getsource(json)
        done = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, text=True)
        assert done.stdout == "1\\n", done.stderr
        """
    )
    assert found.confirmed, (said(found), found.output)


def test_a_home_is_no_part_of_the_view_even_if_python_looks_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pwd  # only Unix has it

    home = pwd.getpwuid(os.getuid()).pw_dir  # the account's, whatever HOME says
    monkeypatch.setattr(sys, "path", [home, "/", "/tmp", f"{home}/inside", *sys.path])
    monkeypatch.setattr(os.path, "exists", lambda path: True)
    paths = view_of.view("cpu", ["/some/main.py"]).paths
    assert not {home, "/", "/tmp", "/home", "/root"} & set(paths)
    assert {f"{home}/inside", "/some/main.py"} <= set(paths)


def test_bubblewrap_that_cannot_work_says_its_own_reason(tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text(
        "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n"
    )
    broken.chmod(0o755)
    assert bubblewrap.problem([str(broken)]) == "bwrap: setting up uid map: Permission denied"
    assert bubblewrap.problem([]) == "not installed"


def test_a_batch_that_is_interrupted_ends_all_of_it() -> None:
    marker = secrets.token_hex(8)
    text = f"""
        import subprocess, sys, time
        command = [sys.executable, "-I", "-c", "import time; time.sleep(60)", {marker!r}]
        subprocess.Popen(command, start_new_session=True)
        """
    runs = Level("namespaces").runs("", text + "time.sleep(60)")
    next(runs)
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            next(runs)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert marked(marker) == []
