"""A decorator that gives another function: the decorated one is never called."""


def replaced(function):
    return stub


def skipped(function):
    def skip(*args):
        print(function.__name__)  # -> builtins.print [external]

    return skip


def optional(function=None, *, name=""):
    def decorate(inner):
        def wrapper(*args):
            return inner(*args)  # -> .wrapped [direct]

        return wrapper

    if function is None:
        return decorate
    return decorate(function)  # -> .optional.<locals>.decorate [direct]


def stub():
    pass


@replaced
def first():
    pass


@skipped
def second():
    pass


@optional
def wrapped():
    pass


def run():
    first()  # -> .stub [direct]
    second()  # -> .skipped.<locals>.skip [direct]
    wrapped()  # -> .wrapped [direct] & .optional.<locals>.decorate.<locals>.wrapper [decorator]
