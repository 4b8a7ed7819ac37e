"""A decorator of a function inside a function is called where that is defined."""


def note(function):
    return function


def make(name):
    return note


def run():
    @note  # -> .note [decorator]
    def inner():
        pass

    @make("x")  # -> .make [direct] & .note [decorator]
    def other():
        pass

    inner()  # -> .run.<locals>.inner [direct]
    other()  # -> .run.<locals>.other [direct]
