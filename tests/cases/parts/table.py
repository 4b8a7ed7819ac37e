"""A table, and the decorator that fills it."""

PARTS = {}


def part(name):
    def put(function):
        PARTS[name] = function
        return function

    return put
