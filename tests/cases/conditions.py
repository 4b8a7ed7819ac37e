"""A call's condition is the test of the innermost `if` in whose branch it stands."""


def a():
    return 1


def run(x, y):
    a()  # -> .a [direct]
    if x > 0:
        a()  # -> .a [direct] if x > 0
        if y:
            a()  # -> .a [direct] if y
        a()  # -> .a [direct] if x > 0
    elif x < a():  # -> .a [direct] if x > 0
        a()  # -> .a [direct] if x < a()
    else:
        a()  # -> .a [direct] if x < a()
    a()  # -> .a [direct]
    while x:
        a()  # -> .a [direct]
    return a() if y else 0  # -> .a [direct] if y


def test_itself(x):
    if a() and x:  # -> .a [direct]
        pass
