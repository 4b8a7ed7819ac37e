"""`__init_subclass__` runs where a subclass is made; a table that it fills has them all."""

KINDS = {}


class Base:
    def __init_subclass__(cls, kind="", **kwargs):
        super().__init_subclass__(**kwargs)  # -> builtins.super [external]; builtins.object.__init_subclass__ [external]
        KINDS[kind] = cls
        cls.prepare()  # -> .Base.prepare [method]

    @classmethod
    def prepare(cls):
        pass

    def go(self):
        pass


class First(Base, kind="first"):
    def go(self):
        pass


class Second(Base, kind="second"):
    @classmethod
    def prepare(cls):
        pass

    def go(self):
        pass


class Almost:
    def go(self):
        pass


def run(kind):
    KINDS["first"]().go()  # -> .First [constructor]; .First.go [method]
    KINDS[kind]().go()  # -> .First [constructor] | .Second [constructor]; .First.go [method] | .Second.go [method]


def make():
    class Local(Base):  # -> .Base.__init_subclass__ [method]
        pass

    return Local().go()  # -> .make.<locals>.Local [constructor]; .Base.go [method]
