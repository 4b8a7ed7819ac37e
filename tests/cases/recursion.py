"""A function that calls itself, and one that calls the one that calls it."""


def down(n):
    if n:
        down(n - 1)  # -> .down [direct] if n


def even(n):
    return n == 0 or odd(n - 1)  # -> .odd [direct]


def odd(n):
    return n != 0 and even(n - 1)  # -> .even [direct]


def result(n):
    if n:
        return result(n - 1)  # -> .result [direct] if n
    return down


def calls_the_result():
    result(3)()  # -> .result [direct]; .down [direct]
