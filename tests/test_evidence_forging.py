"""What a snippet tries from inside: to report by itself, to decide by itself, to be lucky."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from textwrap import dedent

import pytest
from support.claims_example import claims_of
from support.reasons import said

from srcread.model import Depends, Run
from srcread.running.plan import Job
from srcread.running.runner import run_jobs

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")

FALSE = "claim 1 is false: 'It holds.'"
NEVER = "claim 1 was never evaluated: 'It holds.'"
FORGED = "something else reported in the place of claim 1: 'It holds.'"
FOREIGN = "foreign bytes among its records"


def meddled(name: str) -> str:
    return f"it used {name}, which reaches what reports its claims"


def rebound(name: str) -> str:
    return f"claim 1 was evaluated when {name} was not the original: 'It holds.'"


def own(name: str) -> str:
    return f"claim 1 is decided by {name}, a class of the snippet's own: 'It holds.'"


REPORTERS: Mapping[str, tuple[str, str]] = {
    "the event of a claim raised by its name": (
        """
        import sys
        def never():
            assert len("") == 1, "It holds."
        def texts(code):
            for constant in code.co_consts:
                yield from [constant] if isinstance(constant, str) else ()
                yield from texts(constant) if hasattr(constant, "co_consts") else ()
        for text in texts(never.__code__):
            sys.audit(text, 1, 1, True)
        """,
        FORGED,
    ),
    "the frames of the main thread, and all that they lead to, as the collector runs there": (
        """
        import gc, os, re, signal, sys, threading, time, types
        met, todo, seen, found = [], [], set(), []
        def look(phase, info):
            frame = sys._getframe()
            if threading.get_ident() == threading.main_thread().ident and not met:
                while frame is not None:
                    todo.extend([dict(frame.f_locals), dict(frame.f_globals)])
                    frame = frame.f_back
                met.append(True)
        usual = gc.get_threshold()
        gc.callbacks.append(look)
        for number in range(300):
            if met:
                break
            gc.set_threshold(1, 1, 1)
            kept = [[] for _ in range(number % 4)]
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
        gc.set_threshold(*usual)
        gc.callbacks.remove(look)
        if not met:
            raise RuntimeError("the collector did not run there")
        def holds(value):
            if type(value) is dict:
                kept = {"originals", "known", "entries", "kernels"} & set(value)
                return kept or len(str(value.get("key"))) == 64
            return type(value) is str and re.search('"key": "[0-9a-f]{64}', value)
        modules = list(sys.modules.values())
        while todo:
            value = todo.pop()
            if id(value) not in seen and not any(value is module for module in modules):
                seen.add(id(value))
                found.extend([value] if holds(value) else ())
                todo.extend(gc.get_referents(value))
        assert found, "It holds."
        """,
        FALSE,
    ),
    "the same in the claim's own function": (
        """
        import sys
        def check(again):
            for code in sys._getframe().f_code.co_consts:
                for text in getattr(code, "co_consts", ()):
                    if isinstance(text, str):
                        sys.audit(text, 1, 1, True)
            if again:
                assert len("") == 1, "It holds."
        check(False)
        """,
        FORGED,
    ),
    "the end raised by its name": (
        """
        import sys
        assert len("") == 0, "It holds."
        sys.audit("srcread" + ": ended")
        """,
        "something else reported in the place of the runner",
    ),
    "the end raised at the bottom of another thread": (
        """
        import sys, _thread, time
        assert len("") == 0, "It holds."
        _thread.start_new_thread(sys.audit, ("srcread" + ": ended",))
        time.sleep(0.2)
        """,
        "something else reported in the place of the runner",
    ),
    "the claim's lambda called with other operands": (
        """
        import types
        def never():
            assert len("") == 1, "It holds."
        for code in never.__code__.co_consts:
            if hasattr(code, "co_consts"):
                types.FunctionType(code, globals())(1, 1, None)
        """,
        FORGED,
    ),
    "the claim's function among other names": (
        """
        import types
        def never():
            assert len("") == 1, "It holds."
        types.FunctionType(never.__code__, {"len": lambda text: 1})()
        """,
        FORGED,
    ),
    "the claim's function given other code": (
        """
        def check():
            assert len("") == 1, "It holds."
        check.__code__ = (lambda: None).__code__
        check()
        """,
        NEVER,
    ),
    "the event's function replaced": (
        """
        import sys
        sys.audit = lambda *given: None
        assert len("") == 1, "It holds."
        """,
        FALSE,
    ),
    "the frames below": (
        """
        import sys
        frame = sys._getframe()
        while frame.f_back:
            frame = frame.f_back
            for name in list(frame.f_locals) + list(frame.f_globals):
                for names in (frame.f_locals, frame.f_globals):
                    if callable(names.get(name)) and name != "_snippet":
                        names[name] = lambda *given: None
        assert len("") == 1, "It holds."
        """,
        FALSE,
    ),
    "the frames of all threads": (
        """
        import sys
        assert len("") == 0, "It holds."
        sys._current_frames()
        """,
        meddled("sys._current_frames"),
    ),
    "the functions that end the run given other code": (
        """
        import sys
        for value in list(sys._getframe(1).f_globals.values()):
            if hasattr(value, "__code__") and value.__name__ != "_snippet":
                value.__code__ = (lambda *given: None).__code__
        assert len("") == 1, "It holds."
        """,
        FALSE,
    ),
    "a frame in the midst of a report": (
        """
        import sys
        seen = []
        class Odd:
            def __del__(self):
                frame = sys._getframe()
                while frame:
                    seen.append(frame.f_code.co_name)
                    frame = frame.f_back
        def made():
            return Odd()
        for _ in range(50):
            made() == 1
        assert made() is not None, "It holds."
        assert set(seen) == {"__del__", "<module>", "_snippet"}, "And no frame but its own is seen."
        assert len(seen) == 0, "And none at all."
        """,
        "claim 3 is false: 'And none at all.'",
    ),
    "the traceback of an error in a claim": (
        """
        class Odd:
            def __bool__(self):
                raise ValueError
        try:
            assert Odd(), "It holds."
        except ValueError as error:
            trace = error.__traceback__
            while trace:
                trace.tb_frame.f_locals.update(h=True, held=True)
                trace = trace.tb_next
        """,
        NEVER,
    ),
    "the collector's objects": (
        """
        import gc
        named = ("hear", "listener", "_held", "_report", "send", "finish")
        found = [one for one in gc.get_objects() if getattr(one, "__name__", "") in named]
        found += [one for one in gc.get_objects() if type(one) is dict and "descriptor" in one]
        for one in found:
            print(one)
        assert len(found) == 0, "It holds."
        assert len(found) == 1, "And this."
        """,
        "claim 2 is false: 'And this.'",
    ),
    "the collector's objects, thawed": (
        """
        import gc
        assert len("") == 0, "It holds."
        gc.unfreeze()
        gc.get_objects()
        """,
        meddled("gc.unfreeze"),
    ),
    "what refers to the function that writes": (
        """
        import gc, os
        gc.unfreeze()
        try:
            gc.get_referrers(os.write)
        finally:
            assert len("") == 0, "It holds."
        """,
        meddled("gc.unfreeze"),
    ),
    "classes by those above them": (
        """
        for kind in object.__subclasses__() + tuple.__subclasses__() + dict.__subclasses__():
            if "srcread" in kind.__module__ or kind.__module__ in ("reporter", "sites", "execute"):
                print(kind)
                raise SystemExit
        assert len("") == 1, "It holds."
        """,
        FALSE,
    ),
    "an audit hook of its own": (
        """
        import sys
        sys.addaudithook(lambda event, given: None)
        assert len("") == 0, "It holds."
        """,
        meddled("sys.addaudithook"),
    ),
    "a trace function that changes what it sees": (
        """
        import sys
        def spy(frame, event, argument):
            for name in ("h", "a", "b"):
                if name in frame.f_locals:
                    frame.f_locals[name] = True
            return spy
        sys.settrace(spy)
        try:
            assert len("") == 1, "It holds."
        except AssertionError:
            pass
        """,
        meddled("sys.settrace"),
    ),
    "a profiler that changes what it sees": (
        """
        import sys
        def spy(frame, event, argument):
            for name in ("h", "a", "b"):
                if name in frame.f_locals:
                    frame.f_locals[name] = 1
        sys.setprofile(spy)
        try:
            assert len("") == 1, "It holds."
        except AssertionError:
            pass
        """,
        meddled("sys.setprofile"),
    ),
    "a trace function that changes what it sees and is gone": (
        """
        import sys
        def spy(frame, event, argument):
            if frame.f_code.co_name == "<lambda>":
                frame.f_locals.update(a=1, b=1, h=True)
                sys.settrace(None)
        sys.settrace(spy)
        try:
            assert len("") == 1, "It holds."
        except AssertionError:
            pass
        """,
        meddled("sys.settrace"),
    ),
    "a trace function that begins in a comparison": (
        """
        import sys
        class Odd(int):
            def __eq__(self, other):
                frame = sys._getframe(1)
                frame.f_trace, frame.f_trace_opcodes = spy, True
                sys.settrace(spy)
                return False
        def spy(frame, event, argument):
            frame.f_locals.update(a=1, b=1, h=True)
            return spy
        try:
            assert Odd(0) == 1, "It holds."
        except AssertionError:
            pass
        sys.settrace(None)
        """,
        FALSE,
    ),
    "what is below the message of an error": (
        """
        import os, sys
        class Odd(Exception):
            def __str__(self):
                frame = sys._getframe()
                while frame:
                    for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
                        if callable(value) and hasattr(value, "__closure__") and value.__closure__:
                            for cell in value.__closure__:
                                if type(cell.cell_contents) is dict:
                                    found.update(cell.cell_contents)
                    frame = frame.f_back
                for module in found.values():
                    for name in ("_raised", "_fail_begun", "_ended", "_report", "_doubt"):
                        if hasattr(module, name):
                            setattr(module, name, report)
                return "no"
        def report(state, *given):
            state["send"](b"CLAIM", b'"claim": 0, "part": 0, "truth": true, '
                          b'"observed": null, "expected": null')
            state["send"](b"END", b'"evaluations": [[0, 0, 1]]')
            os._exit(0)
        found = {}
        assert len("") == 0, "It holds."
        raise Odd
        """,
        "raised Odd at line 24: no",
    ),
    "the main thread, interrupted": (
        """
        import os, sys, time, _thread
        def report(status):
            trace = sys.exc_info()[2]
            while trace:
                print(sorted(trace.tb_frame.f_locals))
                trace = trace.tb_next
        os._exit = report
        _thread.interrupt_main()
        time.sleep(0.3)
        assert len("") == 1, "It holds."
        """,
        FALSE,
    ),
    "a handler that a timer calls": (
        """
        import signal
        signal.signal(signal.SIGALRM, lambda number, frame: print(frame.f_locals))
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        assert len("") == 0, "It holds."
        """,
        "raised ValueError at line 2: signal only works in main thread of the main interpreter",
    ),
    "a class that does not say its name": (
        """
        class Meta(type):
            def __getattribute__(kind, name): raise ValueError
        class Same(metaclass=Meta):
            def __eq__(self, other): return True
        try:
            assert Same() == 5, "It holds."
        except BaseException:
            pass
        """,
        own("Same"),
    ),
    "every report stopped after the first": (
        """
        import resource, sys
        for number in range(4):
            try:
                assert number == 0, "It holds."
            except AssertionError:
                pass
            os = __import__("os")
            os.close(3) if number == 0 else None
        """,
        "ended before its end: exit status 1",
    ),
    "its own records sent once more": (
        """
        import os, threading
        read, write = os.pipe()
        records = os.dup(3)
        os.dup2(write, 3)
        assert len("") == 0, "It holds."
        os.dup2(records, 3)
        record = os.read(read, 4096)
        os.write(records, record + record)
        """,
        FOREIGN,
    ),
    "its own records held back": (
        """
        import os
        read, write = os.pipe()
        records = os.dup(3)
        os.dup2(write, 3)
        try:
            assert len("") == 1, "It holds."
        except AssertionError:
            pass
        os.dup2(records, 3)
        """,
        FOREIGN,
    ),
    "a thread that goes on after the end": (
        """
        import threading, time
        def later():
            time.sleep(0.5)
            assert len("") == 0, "It holds."
        threading.Thread(target=later).start()
        """,
        NEVER,
    ),
}

DECISIONS: Mapping[str, tuple[str, str]] = {
    "a class that is equal to all": (
        """
        class Same:
            def __eq__(self, other): return True
        assert Same() == 5, "It holds."
        """,
        own("Same"),
    ),
    "a number that is equal to all, in a list": (
        """
        class Same(int):
            def __eq__(self, other): return True
        assert [Same(3)] == [5], "It holds."
        """,
        own("Same"),
    ),
    "a class that was made elsewhere": (
        """
        made = {}
        exec("class Same(int):\\n    def __eq__(self, other): return True", {"__name__": "m"}, made)
        assert made["Same"](3) == 5, "It holds."
        """,
        "claim 1 held, although 3 is not 5: 'It holds.'",
    ),
    "a dataclass with a comparison of its own": (
        """
        from dataclasses import dataclass
        @dataclass
        class Point:
            x: int
        Point.__eq__ = eval("lambda self, other: True")
        assert Point(1) == Point(2), "It holds."
        """,
        own("Point"),
    ),
    "a container that holds all": (
        """
        class Everything:
            def __contains__(self, item): return True
        assert 5 in Everything(), "It holds."
        """,
        own("Everything"),
    ),
    "a number that is between all": (
        """
        class Between(int):
            def __gt__(self, other): return True
            __lt__ = __gt__
        assert 5 < Between(3) < 1, "It holds."
        """,
        own("Between"),
    ),
    "a function replaced, and put back": (
        """
        import math
        honest, math.isclose = math.isclose, lambda *given: True
        assert math.isclose(1, 2), "It holds."
        math.isclose = honest
        """,
        rebound("math.isclose"),
    ),
    "a function that was imported by its name": (
        """
        from math import isclose
        isclose = lambda *given: True
        assert isclose(1, 2), "It holds."
        """,
        rebound("isclose"),
    ),
    "another module under the name of one": (
        """
        import math
        class math:
            isclose = staticmethod(lambda *given: True)
        assert math.isclose(1, 2), "It holds."
        """,
        rebound("math"),
    ),
    "a builtin replaced": (
        """
        import builtins
        builtins.all = lambda items: True
        assert all([False]), "It holds."
        """,
        rebound("all"),
    ),
    "a builtin hidden": (
        """
        def abs(number): return 0
        assert abs(5) == 0, "It holds."
        """,
        rebound("abs"),
    ),
    "a builtin hidden in a function": (
        """
        def check():
            len = lambda text: 1
            assert len("") == 1, "It holds."
        check()
        """,
        rebound("len"),
    ),
}

FRAMEWORKS: Mapping[str, tuple[str, str]] = {
    "torch.equal replaced, and put back": (
        """
        import torch
        honest, torch.equal = torch.equal, lambda *given: True
        assert torch.equal(torch.ones(2), torch.zeros(2)), "It holds."
        torch.equal = honest
        """,
        rebound("torch.equal"),
    ),
    "torch.equal replaced by another of its functions": (
        """
        import torch
        honest, torch.equal = torch.equal, torch.is_same_size
        assert torch.equal(torch.ones(2), torch.zeros(2)), "It holds."
        torch.equal = honest
        """,
        rebound("torch.equal"),
    ),
    "torch.equal defined anew in its module": (
        """
        import torch
        exec("def equal(*given): return True", vars(torch))
        assert torch.equal(torch.ones(2), torch.zeros(2)), "It holds."
        """,
        rebound("torch.equal"),
    ),
    "another torch": (
        """
        import sys, types, torch
        sys.modules["torch"] = types.ModuleType("torch")
        sys.modules["torch"].equal = lambda *given: True
        import torch
        assert torch.equal(1, 2), "It holds."
        """,
        rebound("torch"),
    ),
    "a comparison of tensors replaced, and put back": (
        """
        import torch
        torch.Tensor.__eq__ = lambda one, other: torch.ones(())
        assert torch.ones(1) == torch.zeros(1), "It holds."
        del torch.Tensor.__eq__
        """,
        rebound("torch.Tensor.__eq__"),
    ),
    "a method of tensors replaced, and put back": (
        """
        import torch
        torch.Tensor.all = lambda tensor: True
        assert (torch.ones(1) == torch.zeros(1)).all(), "It holds."
        del torch.Tensor.all
        """,
        rebound("torch.Tensor.all"),
    ),
    "what torch.testing compares by": (
        """
        import torch
        from torch.testing import _comparison
        honest = _comparison.TensorLikePair.compare
        _comparison.TensorLikePair.compare = lambda pair: None
        torch.testing.assert_close(torch.ones(1), torch.zeros(1), msg="It holds.")
        _comparison.TensorLikePair.compare = honest
        """,
        rebound("torch.testing._comparison.TensorLikePair.compare"),
    ),
    "other code for assert_close": (
        """
        import torch
        function = torch.testing.assert_close
        honest = function.__code__
        function.__code__ = (lambda actual, expected, **named: None).__code__
        torch.testing.assert_close(torch.ones(1), torch.zeros(1), msg="It holds.")
        function.__code__ = honest
        """,
        rebound("torch.testing._comparison.assert_close.__code__"),
    ),
    "an assert_close of its own": (
        """
        import torch
        class testing:
            def assert_close(*given, msg): pass
        testing.assert_close(torch.ones(1), torch.zeros(1), msg="It holds.")
        """,
        rebound("testing.assert_close"),
    ),
    "an operator registered anew": (
        """
        import torch
        library = torch.library.Library("aten", "IMPL")
        library.impl("equal", lambda *given: True, "CPU", allow_override=True)
        assert torch.equal(torch.ones(1), torch.zeros(1)), "It holds."
        library._destroy()
        """,
        rebound("torch.ops.aten.equal"),
    ),
    "a mode that answers for torch": (
        """
        import torch
        from torch.overrides import TorchFunctionMode
        class Yes(TorchFunctionMode):
            def __torch_function__(self, function, types, given=(), named=None):
                return function is torch.equal or function(*given, **(named or {}))
        with Yes():
            assert torch.equal(torch.ones(1), torch.zeros(1)), "It holds."
        """,
        own("Yes"),
    ),
    "a tensor that answers for torch": (
        """
        import torch
        class Yes(torch.Tensor):
            @classmethod
            def __torch_function__(cls, function, types, given=(), named=None):
                return True
        assert torch.equal(torch.ones(1).as_subclass(Yes), torch.zeros(1)), "It holds."
        """,
        own("Yes"),
    ),
    "tracing in the midst of a description": (
        """
        import sys, torch
        def spy(frame, event, argument):
            while frame:
                names.append(frame.f_code.co_name)
                frame = frame.f_back
        def traced():
            pass
        def look(tensor):
            try:
                sys.settrace(spy)
                sys.call_tracing(traced, ())
            finally:
                return [0]
        names = []
        honest, torch.Tensor.tolist = torch.Tensor.tolist, look
        assert torch.zeros(1) == 0, "It holds."
        del torch.Tensor.tolist
        assert "hear" in names, "And this."
        """,
        "claim 2 is false: 'And this.'",
    ),
    "tracing that began in the comparison": (
        """
        import sys, torch
        class Same(int):
            def __eq__(self, other):
                sys.settrace(lambda *given: None)
                return True
            __hash__ = int.__hash__
        assert Same(0) == torch.zeros(1), "It holds."
        """,
        meddled("sys.settrace"),
    ),
    "a function left replaced": (
        """
        import torch
        torch.nn.functional.relu = lambda x: x
        assert torch.ones(1).item() == 1, "It holds."
        """,
        "it replaced torch.nn.functional.relu and did not undo that",
    ),
    "code left in a function": (
        """
        import torch
        torch.nn.Linear.forward.__code__ = (lambda self, input: input).__code__
        assert torch.nn.Linear(1, 1)(torch.ones(1)).item() == 1, "It holds."
        """,
        "it replaced torch.nn.modules.linear.Linear.forward.__code__ and did not undo that",
    ),
    "a method left in a class that inherits it": (
        """
        import torch
        torch.nn.Linear.__call__ = lambda self, x: x
        assert torch.nn.Linear(1, 1)(torch.ones(1)).item() == 1, "It holds."
        """,
        "it replaced torch.nn.modules.linear.Linear.__call__ and did not undo that",
    ),
    "a builtin hidden in a module of the framework": (
        """
        import torch
        torch.functional.isinstance = lambda *given: True
        assert torch.ones(1).item() == 1, "It holds."
        """,
        "it replaced torch.functional.isinstance and did not undo that",
    ),
}

ALL = {**REPORTERS, **DECISIONS}


def job(stem: str, text: str) -> Job:
    text = dedent(text).strip() + "\n"
    return Job(stem, text, claims_of(text), Depends(stem))


def judged(attacks: Mapping[str, tuple[str, str]]) -> Mapping[str, Run]:
    jobs = [job(f"attack-{i}", text) for i, (text, _) in enumerate(attacks.values())]
    runs = run_jobs(jobs, distributions=(), trusted=True, date="2026-01-02")
    return dict(zip(attacks, runs, strict=True))


@pytest.fixture(scope="module")
def tried() -> Mapping[str, Run]:
    return judged(ALL)


@pytest.fixture(scope="module")
def tried_on_torch() -> Mapping[str, Run]:
    return judged(FRAMEWORKS)


@pytest.mark.parametrize("attack", ALL)
def test_what_a_snippet_tries_from_inside_is_refused(tried: Mapping[str, Run], attack: str) -> None:
    assert not tried[attack].confirmed
    assert ALL[attack][1] in said(tried[attack])


@needs_torch
@pytest.mark.parametrize("attack", FRAMEWORKS)
def test_what_a_snippet_does_to_the_framework_is_named(
    tried_on_torch: Mapping[str, Run], attack: str
) -> None:
    assert not tried_on_torch[attack].confirmed
    assert FRAMEWORKS[attack][1] in said(tried_on_torch[attack])
