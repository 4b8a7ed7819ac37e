"""A table that `__init_subclass__` fills only for classes with a name of their own."""

KINDS = {}
ALL = {}


class Base:
    kind: str | None = None

    def __init_subclass__(cls, **kwargs):
        if cls.kind is not None:
            KINDS[cls.kind] = cls
        ALL[cls.kind] = cls

    def go(self):
        pass


class First(Base):
    kind = "first"

    def go(self):
        pass


class Second(Base):
    kind = "second"

    def go(self):
        pass


class Nameless(Base):
    def go(self):
        pass


def run(kind):
    KINDS["first"]().go()  # -> .First [constructor]; .First.go [method]
    KINDS[kind]().go()  # -> .First [constructor] | .Second [constructor]; .First.go [method] | .Second.go [method]


def almost(kind):
    ALL[kind]().go()  # -> .First [constructor] | .Nameless [constructor] | .Second [constructor]; .First.go [method] | .Nameless.go [method] | .Second.go [method]
