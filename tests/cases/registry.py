"""A table that a decorator fills is not followed: only a run sees all that it decorates."""

TABLE = {}


def register(name):
    def put(function):
        TABLE[name] = function
        return function

    return put


@register("a")
def a():
    pass


def run():
    TABLE["a"]()  # -> ? what is under the key 'a' is not known
    a()  # -> .a [direct]
