"""Dictionaries of a class that its subclasses fill, and a class method that decorates."""


class Base:
    known = {}
    other = {}

    def __init_subclass__(cls):
        Base.known[cls.__name__] = cls

    @classmethod
    def add(cls, name):
        def put(made):
            cls.other[name] = made
            return made

        return put

    def go(self):
        pass


class One(Base):
    def go(self):
        pass


class Two(Base):
    def go(self):
        pass


@Base.add("three")
class Three:
    def go(self):
        pass


def run(name):
    Base.known["One"]().go()  # -> .One [constructor]; .One.go [method]
    Base.known[name]().go()  # -> .One [constructor] | .Two [constructor]; .One.go [method] | .Two.go [method]
    Base.other["three"]().go()  # -> .Three [constructor]; .Three.go [method]
