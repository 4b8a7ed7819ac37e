"""The verdict: what confirms a snippet, and by which word each way of cheating is refused."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Mapping
from hashlib import blake2b
from textwrap import dedent

import pytest
from support.claims_example import claims_of
from support.reasons import said

from srcread.model import Depends, Device, Environment, Run
from srcread.running.judge import judge
from srcread.running.plan import Job, PlannedRun, RunLimits
from srcread.running.runner import run_jobs

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

HOLDS = "It holds."
FALSE = "claim 1 is false: 'It holds.'"
NEVER = "claim 1 was never evaluated: 'It holds.'"
OS_EXIT = "ended before its end: os._exit"
FOREIGN = "foreign bytes among its records"

CHEATS: Mapping[str, tuple[str, str]] = {
    "a false claim": ("assert len('') == 1, 'It holds.'", FALSE),
    "early exit": (
        "import sys\nsys.exit()\nassert len(''), 'It holds.'",
        "ended before its end: SystemExit(None)",
    ),
    "exit status 0": (
        "raise SystemExit(0)\nassert len(''), 'It holds.'",
        "ended before its end: SystemExit(0)",
    ),
    "exit with a text": (
        "raise SystemExit('done')\nassert len(''), 'It holds.'",
        "ended before its end: SystemExit('done')",
    ),
    "os._exit(0)": ("import os\nos._exit(0)\nassert len(''), 'It holds.'", OS_EXIT),
    "os._exit(0) after every claim": (
        "import os\nassert True is True, 'It holds.'\nos._exit(0)",
        OS_EXIT,
    ),
    "os._exit(3)": (
        "import os\nos._exit(3)\nassert len(''), 'It holds.'",
        "ended before its end: exit status 3",
    ),
    "another program instead": (
        "import os\nos.execv('/bin/sh', ['sh', '-c', 'exit 0'])\nassert len(''), 'It holds.'",
        OS_EXIT,
    ),
    "the error swallowed": (
        """
        try:
            assert len('') == 1, 'It holds.'
        except AssertionError:
            pass
        """,
        FALSE,
    ),
    "everything swallowed, then os._exit": (
        """
        import os
        try:
            assert len('') == 1, 'It holds.'
        finally:
            os._exit(0)
        """,
        FALSE,
    ),
    "AssertionError patched": (
        """
        import builtins
        class Quiet(Exception): pass
        builtins.AssertionError = AssertionError = Quiet
        try:
            assert len('') == 1, 'It holds.'
        except BaseException:
            pass
        """,
        FALSE,
    ),
    "bool patched": (
        """
        import builtins
        builtins.bool = lambda value: True
        try:
            assert len('') == 1, 'It holds.'
        except BaseException:
            pass
        """,
        FALSE,
    ),
    "what signs and writes patched": (
        """
        import builtins, hashlib, json, os, json.encoder
        honest = os.write
        os.write = lambda descriptor, data: honest(descriptor, data.replace(b'false', b'true'))
        hashlib.blake2b = json.dumps = json.encoder.encode_basestring_ascii = None
        builtins.type = builtins.isinstance = builtins.issubclass = builtins.len = None
        try:
            assert 0 == 1, 'It holds.'
        except BaseException:
            pass
        """,
        FALSE,
    ),
    "a function that is never called": (
        "def check():\n    assert len('') == 0, 'It holds.'",
        NEVER,
    ),
    "an empty loop": ("for x in []:\n    assert x == 0, 'It holds.'", NEVER),
    "a branch not taken": ("if len(''):\n    assert 0 == len(''), 'It holds.'", NEVER),
    "a coroutine never awaited": (
        "async def check():\n    assert len('') == 0, 'It holds.'",
        NEVER,
    ),
    "a generator never started": (
        "def check():\n    assert len('') == 0, 'It holds.'\n    yield\ncheck()",
        NEVER,
    ),
    "code put off to atexit": (
        "import atexit\ndef check():\n    assert len('') == 0, 'It holds.'\natexit.register(check)",
        NEVER,
    ),
    "a thread that ends before its claim": (
        """
        import sys, threading
        def check():
            sys.exit()
            assert len('') == 0, 'It holds.'
        thread = threading.Thread(target=check)
        thread.start()
        thread.join()
        """,
        NEVER,
    ),
    "a false claim in a thread": (
        """
        import threading
        threading.excepthook = lambda arguments: None
        def check():
            assert len('') == 1, 'It holds.'
        thread = threading.Thread(target=check)
        thread.start()
        thread.join()
        """,
        FALSE,
    ),
    "a claim only in a fork": (
        """
        import os
        child = os.fork()
        if child == 0:
            assert len('') == 0, 'It holds.'
        else:
            os.waitpid(child, 0)
        """,
        NEVER,
    ),
    "once false in a loop, later true": (
        """
        for x in (0, 1, 0, 0):
            try:
                assert x == 0, 'It holds.'
            except AssertionError:
                pass
        """,
        FALSE,
    ),
    "an error after every claim": (
        "assert len('') == 0, 'It holds.'\nraise ValueError('no')",
        "raised ValueError at line 2: no",
    ),
    "warnings made errors": (
        """\
        import warnings
        warnings.simplefilter('error')
        warnings.warn('old')
        assert len('') == 0, 'It holds.'
        """,
        "raised UserWarning at line 3: old",
    ),
    "KeyboardInterrupt": (
        "raise KeyboardInterrupt\nassert len('') == 0, 'It holds.'",
        "raised KeyboardInterrupt at line 1",
    ),
    "an error whose message cannot be had": (
        """\
        class Bad(Exception):
            def __str__(self): raise SystemExit(0)
        raise Bad
        assert len('') == 0, 'It holds.'
        """,
        "raised Bad at line 3: its message cannot be had",
    ),
    "a guard that is reached": (
        "assert len('') == 0, 'It holds.'\nassert False, 'no error came'",
        "raised AssertionError at line 2: no error came",
    ),
    "lines jumped over by a trace function": (
        """
        import sys
        def skip(frame, event, argument):
            if event == 'line' and frame.f_lineno == start + 1:
                frame.f_lineno = start + 2
            return skip
        def check():
            value = 1
            assert value == 0, 'It holds.'
            return value
        start = check.__code__.co_firstlineno + 1
        sys.settrace(skip)
        check()
        sys.settrace(None)
        """,
        NEVER,
    ),
    "bytes written to every open descriptor": (
        """
        import os
        assert len('') == 0, 'It holds.'
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b'{"kind": "END"}\\n')
            except OSError:
                pass
        """,
        FOREIGN,
    ),
    "bytes without a line's end": (
        """
        import os
        assert len('') == 0, 'It holds.'
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b'x')
            except OSError:
                pass
        """,
        FOREIGN,
    ),
    "every descriptor closed": (
        "import os\nos.closerange(0, 256)\nassert len('') == 0, 'It holds.'",
        "ended before its end: exit status 1",
    ),
    "SIGKILL to itself": (
        "import os\nos.kill(os.getpid(), 9)\nassert len('') == 0, 'It holds.'",
        "killed by SIGKILL",
    ),
    "a signal without a name": (
        "import os\nos.kill(os.getpid(), 41)\nassert len('') == 0, 'It holds.'",
        "killed by signal 41",
    ),
    "a crash of the interpreter": (
        "import ctypes\nctypes.string_at(0)\nassert len('') == 0, 'It holds.'",
        "killed by SIGSEGV",
    ),
    "more output than anyone reads": (
        "assert len('') == 0, 'It holds.'\nfor _ in range(10000): print('x' * 1000)",
        "printed more than 64 KiB",
    ),
    "a file larger than the limit": (
        """\
        assert len('') == 0, 'It holds.'
        with open('big', 'wb') as file:
            file.truncate(1 << 40)
        """,
        "raised OSError at line 3: [Errno 27] File too large",
    ),
    "too many open files": (
        "import os\nheld = [os.dup(1) for _ in range(200)]\nassert len(held) == 200, 'It holds.'",
        "raised OSError at line 2: [Errno 24] Too many open files",
    ),
    "exit status 77": (
        "print('needs a GPU')\nraise SystemExit(77)\nassert len('') == 0, 'It holds.'",
        "cannot run here: needs a GPU",
    ),
    "exit status 77 without a word": (
        "raise SystemExit(77)\nassert len('') == 0, 'It holds.'",
        "cannot run here: it printed no reason",
    ),
    "exit status 77 after a false claim": (
        """
        try:
            assert len('') == 1, 'It holds.'
        except AssertionError:
            print('needs luck')
            raise SystemExit(77)
        """,
        FALSE,
    ),
    "a package that is not there": (
        "import no_such_package\nassert len('') == 0, 'It holds.'",
        "cannot run here: needs no_such_package",
    ),
    "an interpreter without the lab": (
        """\
        raise ModuleNotFoundError("No module named 'srcread.lab'")
        assert len('') == 0, 'It holds.'
        """,
        "cannot run here: needs srcread.lab",
    ),
    "a module that a package lacks": (
        "import json.no_such_module\nassert len('') == 0, 'It holds.'",
        "raised ModuleNotFoundError at line 1: No module named 'json.no_such_module'",
    ),
    "a claim without a truth": (
        """\
        class Odd:
            def __bool__(self): raise TypeError('neither')
        assert Odd(), 'It holds.'
        """,
        "raised TypeError at line 2: neither",
    ),
    "a false half": (
        """
        try:
            assert len('') == 0 and len('') == 1, 'It holds.'
        except AssertionError:
            pass
        """,
        "part 2 of claim 1 is false: 'It holds.'",
    ),
    "a half that an error skips": (
        """
        try:
            assert len('') == 0 and int('x'), 'It holds.'
        except ValueError:
            pass
        """,
        "part 2 of claim 1 was never evaluated: 'It holds.'",
    ),
    "assert_* that fails, swallowed": (
        """
        class testing:
            def assert_close(a, b, msg):
                raise AssertionError(msg)
        try:
            testing.assert_close(1, 2, msg='It holds.')
        except AssertionError:
            pass
        """,
        FALSE,
    ),
}


def job(stem: str, text: str, *sentences: str) -> Job:
    text = dedent(text)
    return Job(stem, text, claims_of(text, *sentences), Depends(stem))


def run(text: str, *sentences: str, limits: RunLimits | None = None) -> Run:
    """Run one snippet and return its run."""
    jobs = [job("snippet", text, *sentences)]
    return run_jobs(jobs, limits=limits or RunLimits(), trusted=True, date="2026-01-02")[0]


@pytest.fixture(scope="module")
def judged() -> Mapping[str, Run]:
    """Every cheat, run in one batch."""
    jobs = [job(f"cheat-{i}", text, HOLDS) for i, (text, _) in enumerate(CHEATS.values())]
    return dict(zip(CHEATS, run_jobs(jobs, trusted=True, date="2026-01-02"), strict=True))


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_cheat_is_refused_by_its_own_word(judged: Mapping[str, Run], cheat: str) -> None:
    assert not judged[cheat].confirmed
    assert said(judged[cheat])[0] == CHEATS[cheat][1]


def test_a_snippet_whose_claims_all_hold_is_confirmed() -> None:
    found = run(
        """
        for x in range(1000):
            assert x >= 0, "It holds."
        print("done")
        """,
        HOLDS,
    )
    assert (found.confirmed, said(found)) == (True, ())
    assert (found.claims[0].evaluations, found.claims[0].held) == (1000, True)
    assert (found.claims[0].observed, found.claims[0].expected) == ("0", ">= 0")
    assert (found.output, found.date) == ("done\n", "2026-01-02")


def test_a_claim_behind_an_early_return_is_named_by_its_number() -> None:
    found = run(
        """
        def main():
            assert len("a") == 1, "It holds."
            return
            assert len("a") == 1, "And this."
        main()
        """,
        HOLDS,
        "And this.",
    )
    assert said(found) == ("claim 2 was never evaluated: 'And this.'",)
    assert [claim.held for claim in found.claims] == [True, False]


def test_every_false_claim_is_named() -> None:
    found = run(
        """
        for x in range(2):
            try:
                assert x == 1, "It holds."
                assert x == 0, "And this."
            except AssertionError:
                pass
        """,
        HOLDS,
        "And this.",
    )
    assert said(found) == (FALSE, "claim 2 is false: 'And this.'")


def test_a_snippet_without_a_claim_is_not_confirmed() -> None:
    found = run("print('fine')")
    assert (found.confirmed, said(found)) == (False, ("it makes no claim",))


def test_the_truth_of_a_claim_is_taken_once() -> None:
    found = run(
        """
        class Once:
            asked = 0
            def __bool__(self):
                self.asked += 1
                return self.asked == 1
        value = Once()
        assert value, "It holds."
        print(value.asked)
        """,
        HOLDS,
    )
    assert (found.confirmed, found.output) == (True, "1\n")


def test_a_message_is_made_only_when_its_claim_is_false() -> None:
    found = run(
        """
        assert len("") == 0, "It holds."
        assert len("") == 0, print("made")
        """,
        HOLDS,
    )
    assert (found.confirmed, found.output) == (True, "")


def test_a_claim_may_stand_in_the_function_that_its_operand_calls() -> None:
    found = run(
        """
        def total(n):
            assert n == (total(n - 1) + 1 if n else 0), "It holds."
            return n
        total(3)
        """,
        HOLDS,
    )
    assert (found.confirmed, found.claims[0].evaluations) == (True, 4)
    assert (found.claims[0].observed, found.claims[0].expected) == ("0", "0")


def test_a_false_claim_shows_what_was_seen_when_it_was_false() -> None:
    found = run("for x in range(9):\n    assert x * 2 < 7, 'It holds.'", HOLDS)
    assert (found.claims[0].observed, found.claims[0].expected) == ("8", "< 7")


def test_a_snippet_that_takes_too_long_is_ended() -> None:
    found = run(
        "import time\nassert len('') == 0, 'It holds.'\ntime.sleep(60)",
        HOLDS,
        limits=RunLimits(wall_seconds=3),
    )
    assert said(found) == ("took longer than 3 s",)
    assert found.claims[0].held  # it did hold, which alone confirms nothing


def test_a_snippet_that_burns_its_time_is_ended() -> None:
    found = run(
        "assert len('') == 0, 'It holds.'\nwhile True: pass", HOLDS, limits=RunLimits(cpu_seconds=1)
    )
    assert said(found) == ("used more than 1 s of CPU time",)


@pytest.mark.skipif(sys.platform != "linux", reason="address space is bound on Linux only")
def test_a_snippet_that_takes_too_much_memory_is_refused_it() -> None:
    found = run(
        "held = bytearray(1 << 30)\nassert len(held) > 0, 'It holds.'",
        HOLDS,
        limits=RunLimits(memory_bytes=1 << 28),
    )
    assert said(found) == ("raised MemoryError at line 1",)


PLANNED: PlannedRun = {
    "stem": "snippet",
    "group": 0,
    "anchored": [],
    "original": "",
    "source": "",
    "mark": "",
    "sites": [],
    "imported": {},
    "methods": [],
    "claims": [{"sentence": HOLDS, "parts": 1}],
    "key": "00" * 32,
    "soft": False,
    "checked": True,
    "gives_up": "failed",
    "observers": [],
    "errors": None,
    "equations": None,
    "overlay": None,
    "limits": {},
}
CLAIM = b'"kind": "CLAIM", "claim": 0, "part": 0, "truth": true, "observed": null, "expected": null'
END = b'"kind": "END", "evaluations": [[0, 0, 1]]'


def signed(sequence: int, about: bytes, key: bytes = bytes(32)) -> bytes:
    body = b'{"sequence": %d, %s}' % (sequence, about)
    return blake2b(body, key=key).hexdigest().encode() + b" " + body + b"\n"


def reasons(data: bytes, status: int = 0) -> tuple[str, ...]:
    environment = Environment("3.11.7", "Linux", {}, Device("cpu", "cpu"), ())
    records = base64.b64encode(data).decode()
    outcome = {"records": records, "output": "", "cut": "", "status": status, "signal": None}
    judged = judge(PLANNED, outcome, {}, environment=environment, date="", depends=Depends(""))
    assert judged.confirmed == (not judged.reasons)
    return said(judged)


def test_signed_records_in_sequence_with_their_end_confirm() -> None:
    assert reasons(signed(0, CLAIM) + signed(1, END)) == ()


@pytest.mark.parametrize(
    "data",
    [
        signed(0, CLAIM) + signed(0, CLAIM) + signed(1, END),
        signed(0, CLAIM) + signed(1, END) + signed(1, END),
        signed(0, CLAIM) + signed(1, END) + signed(2, CLAIM),
        signed(0, CLAIM) + signed(2, END),
        signed(1, CLAIM) + signed(0, END),
        signed(0, CLAIM, bytes(31) + b"x") + signed(1, END),
        signed(0, CLAIM) + signed(1, END) + b"x",
        signed(0, CLAIM) + signed(1, END)[:-1],
        signed(0, CLAIM).replace(b"true", b"TRUE") + signed(1, END),
        signed(0, b'"kind": "CLAIM"') + signed(1, END),
        signed(0, b'"kind": "OTHER"') + signed(1, END),
        signed(0, CLAIM) + signed(1, b'"kind": "END", "evaluations": [1]'),
        b"\n",
    ],
    ids=[
        "a claim replayed",
        "an end replayed",
        "a claim after the end",
        "a record left out",
        "records swapped",
        "another key",
        "a byte at the end",
        "cut short",
        "a byte changed",
        "a signed claim without its keys",
        "a signed record of no kind",
        "a signed end of a wrong shape",
        "an empty line",
    ],
)
def test_records_that_are_not_as_they_were_written_are_foreign(data: bytes) -> None:
    assert reasons(data)[0] == FOREIGN


def test_a_bad_exit_status_after_the_end_does_not_confirm() -> None:
    assert reasons(signed(0, CLAIM) + signed(1, END), status=4) == (
        "ended after its end: exit status 4",
    )


def sides(observed: str, expected: str) -> bytes:
    about = CLAIM.replace(b'"observed": null, "expected": null', b'"observed": %s, "expected": %s')
    return about % (json.dumps(observed).encode(), json.dumps(expected).encode())


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ("3", "5"),
        ("'a'", "'b'"),
        ("True", "False"),
        ("None", "0"),
        ("[1, 2]", "[1, 2, 3]"),
        ("(1, [2, 'x'])", "(1, [2, 'y'])"),
        ("{'a': 1}", "{'a': 2}"),
        ("{'a': 1}", "{'b': 1}"),
        ("{1, 2}", "{1, 3}"),
        ("0.5", "0.6"),
        ("1e+07", "10200000"),
        ("[1]", "(1,)"),
    ],
)
def test_a_comparison_that_held_between_sides_that_differ_is_refused(
    observed: str, expected: str
) -> None:
    said = reasons(signed(0, sides(observed, expected)) + signed(1, END))
    assert said == (f"claim 1 held, although {observed} is not {expected}: 'It holds.'",)


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ("1", "True"),
        ("2", "2.0"),
        ("-0", "0"),
        ("0.3333", "0.3334"),
        ("12345678", "1.235e+07"),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}"),
        ("{1, 2}", "{2, 1}"),
        ("[0, 1, …]", "[0, 2, …]"),
        ("5", "> 7"),
        ("5", "!= 6"),
        ("5", "is None"),
        ("tensor([1]) int64", "1"),
        ("<Odd>", "5"),
        ("inf", "1"),
        ("float32", "'float32'"),
    ],
)
def test_sides_that_may_be_equal_are_taken_as_they_are(observed: str, expected: str) -> None:
    assert reasons(signed(0, sides(observed, expected)) + signed(1, END)) == ()


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        (("elsewhere", "", 0), "something else reported in the place of claim 1: 'It holds.'"),
        (("elsewhere", "", -1), "something else reported in the place of the runner"),
        (("elsewhere", "", 7), "something else reported in the place of the runner"),
        (
            ("rebound", "torch.equal", 0),
            "claim 1 was evaluated when torch.equal was not the original: 'It holds.'",
        ),
        (
            ("own", "Any", 0),
            "claim 1 is decided by Any, a class of the snippet's own: 'It holds.'",
        ),
        (
            ("meddled", "sys.settrace", 0),
            "it used sys.settrace, which reaches what reports its claims",
        ),
        (("left", "torch.equal", -1), "it replaced torch.equal and did not undo that"),
    ],
)
def test_a_doubt_of_the_reporter_is_a_reason(about: tuple[str, str, int], reason: str) -> None:
    code, name, claim = about
    doubt = b'"kind": "DOUBT", "claim": %d, "part": 0, "code": "%s", "name": "%s"'
    told = doubt % (claim, code.encode(), name.encode())
    assert reasons(signed(0, CLAIM) + signed(1, told) + signed(2, END)) == (reason,)
    assert reasons(signed(0, told) + signed(1, CLAIM) + signed(2, END)) == (reason,)


def test_of_many_changes_that_were_left_the_first_are_named() -> None:
    doubt = b'"kind": "DOUBT", "claim": -1, "part": -1, "code": "left", "name": "torch.%s"'
    told = [signed(number, doubt % name) for number, name in enumerate((b"a", b"b", b"c", b"d"))]
    assert reasons(b"".join([*told, signed(4, CLAIM), signed(5, END)])) == (
        "it replaced torch.a, torch.b, torch.c, 1 more and did not undo that",
    )
