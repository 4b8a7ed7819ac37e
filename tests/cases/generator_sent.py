"""What is sent to a generator is what its `yield` gives; what it yields next, `send` gives."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager, nullcontext


class A:
    def go(self):
        pass


class B:
    def go(self):
        pass


def taking():
    while True:
        part = yield
        part.go()  # -> .A.go [method]


def driving():
    steps = taking()  # -> .taking [direct]
    next(steps)
    steps.send(A())  # -> types.GeneratorType.send [external]; .A [constructor]


def both():
    got = yield A()  # -> .A [constructor]
    got.go()  # -> .B.go [method]


def outer():
    yield from both()  # -> .both [direct]


def handed(steps):
    steps.send(B()).go()  # -> types.GeneratorType.send [external]; .A.go [method]; .B [constructor]


def run():
    handed(outer())  # -> .handed [direct]; .outer [direct]


def nobody():
    part = yield
    part.go()  # -> ? what is sent to the generator is not known


def promised() -> Generator[A, B, None]:
    part = yield A()  # -> .A [constructor]
    part.go()  # -> .B.go [method]


@contextmanager
def around(part):
    got = yield part
    got.go()  # -> ? the object whose 'go' it is is None


def entering():
    with ExitStack() as stack:
        stack.enter_context(around(A())).go()  # -> contextlib.ExitStack.enter_context [external]; .A.go [method]; .around [direct]; .A [constructor]
        stack.callback(almost)  # -> contextlib.ExitStack.callback [external] & perhaps .almost [direct]
    with nullcontext(B()) as part:  # -> .B [constructor]
        part.go()  # -> .B.go [method]


def almost():
    for part in [A(), A()]:  # -> .A [constructor]; .A [constructor]
        part.go()  # -> .A.go [method]
