"""What a decorator's own straight-line code binds: each wrapper knows its function."""


def logged(function):
    name = function.__name__

    def wrapper(*args):
        return function(*args)  # -> .first [direct] | .second [direct]

    wrapper.name = name
    return wrapper


@logged
def first(x):
    return x


@logged
def second(x):
    return first(x)  # -> .first [direct] & .logged.<locals>.wrapper [decorator]


def run():
    second(1)  # -> .second [direct] & .logged.<locals>.wrapper [decorator]
