"""Of stacked decorators the outermost runs around the others, each around the next."""


def inner(function):
    def within(*args):
        return function(*args)  # -> .step [direct]

    return within


def outer(function):
    def without(*args):
        return function(*args)  # -> .step [direct] & .inner.<locals>.within [decorator]

    return without


def same(function):
    return function


@outer
@same
@inner
def step():
    pass


@same
@same
def almost():
    pass


def run():
    step()  # -> .step [direct] & .outer.<locals>.without [decorator]
    almost()  # -> .almost [direct]
