"""What a generator yields, and what it hands on with `yield from`."""


class A:
    def run(self):
        pass


class B:
    def run(self):
        pass


def _make():
    yield A()  # -> .A [constructor]


def _pass_on():
    yield from _make()  # -> ._make [direct]
    yield B()  # -> .B [constructor]


def run():
    for a in _make():  # -> ._make [direct]
        a.run()  # -> .A.run [method]
    for either in _pass_on():  # -> ._pass_on [direct]
        either.run()  # -> .A.run [method] | .B.run [method]
