"""Each name gets its own place; a starred one gets the rest as a list."""


class A:
    def run(self):
        pass


class B:
    def run(self):
        pass


def pair():
    return A(), B()  # -> .A [constructor]; .B [constructor]


def run():
    a, b = pair()  # -> .pair [direct]
    a.run()  # -> .A.run [method]
    b.run()  # -> .B.run [method]
    (c, (d, _)), e = (A(), (B(), A())), 1  # -> .A [constructor]; .B [constructor]; .A [constructor]
    c.run()  # -> .A.run [method]
    d.run()  # -> .B.run [method]


def starred():
    first, *rest = A(), B(), B()  # -> .A [constructor]; .B [constructor]; .B [constructor]
    first.run()  # -> .A.run [method]
    rest[0].run()  # -> .B.run [method]


def starred_first():
    *rest, last = A(), A(), B()  # -> .A [constructor]; .A [constructor]; .B [constructor]
    last.run()  # -> .B.run [method]
    rest[0].run()  # -> .A.run [method]
