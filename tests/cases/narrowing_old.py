"""A test says nothing behind a call that may set what was tested: of an attribute, of a global."""


def f():
    pass


def g():
    pass


class A:
    def go(self):
        pass


class B:
    def go(self):
        pass


current = None
kept = None


def enable():
    global current
    current = g


def by_global():
    if current is None:
        enable()  # -> .enable [direct] if current is None
        current()  # -> .g [direct] if current is None


def by_closure():
    act = None

    def put():
        nonlocal act
        act = g

    if act is None:
        put()  # -> .by_closure.<locals>.put [direct] if act is None
        act()  # -> .g [direct] if act is None


class Layer:
    def __init__(self):
        self.act = None
        self.part = A()  # -> .A [constructor]
        self.fixed = None

    def set_up(self):
        self.act = g
        self.part = B()  # -> .B [constructor]

    def branch(self):
        if self.act is None:
            self.set_up()  # -> .Layer.set_up [method] if self.act is None
            self.act()  # -> .g [direct] if self.act is None

    def leaving(self):
        if self.act is not None:
            return
        self.set_up()  # -> .Layer.set_up [method]
        self.act()  # -> .g [direct]

    def looping(self):
        for _ in range(2):
            if self.act is None:
                self.set_up()  # -> .Layer.set_up [method] if self.act is None
            self.act()  # -> .g [direct]

    def by_class(self):
        if isinstance(self.part, A):
            self.set_up()  # -> .Layer.set_up [method] if isinstance(self.part, A)
            self.part.go()  # -> .A.go [method] if isinstance(self.part, A) | .B.go [method] if isinstance(self.part, A)

    def almost(self):
        if isinstance(self.part, A):
            self.part.go()  # -> .A.go [method] if isinstance(self.part, A)
        if self.act is None:
            self.act()  # -> ? it would call None
        if self.fixed is None:
            self.set_up()  # -> .Layer.set_up [method] if self.fixed is None
            self.fixed()  # -> ? it would call None


def almost():
    if kept is None:
        enable()  # -> .enable [direct] if kept is None
        kept()  # -> ? it would call None


def typed(kind: str | object = "a"):
    if callable(kind):
        kind()  # -> ? a caller may give anything
