"""A name that is bound again: reads are reached by the bindings that may have run last."""


def a():
    pass


def b():
    pass


def c():
    pass


def straight():
    f = a
    f()  # -> .a [direct]
    f = b
    f()  # -> .b [direct]


def in_branch(flag):
    f = a
    if flag:
        f = b
        f()  # -> .b [direct] if flag
    else:
        f()  # -> .a [direct] if flag
    f()  # -> .a [direct] | .b [direct]


def on_all_ways(flag):
    f = a
    if flag:
        f = b
    else:
        f = c
    f()  # -> .b [direct] | .c [direct]


def left_early(flag):
    f = a
    if flag:
        f = b
        return f()  # -> .b [direct] if flag
    return f()  # -> .a [direct]


def in_loop(items):
    f = a
    for _ in items:
        f()  # -> .a [direct] | .b [direct]
        f = b
        f()  # -> .b [direct]
    f()  # -> .a [direct] | .b [direct]


def two_loops():
    for f in (a, b):
        f()  # -> .a [direct] | .b [direct]
    for f in (b, c):
        f()  # -> .b [direct] | .c [direct]


def while_true(flag):
    f = a
    while flag():  # -> ? the parameter 'flag' may hold anything
        f = b
    f()  # -> .a [direct] | .b [direct]


def tried(work):
    f = a
    try:
        f = b
        work()  # -> ? the parameter 'work' may hold anything
    except ValueError:
        f()  # -> .a [direct] | .b [direct]
    else:
        f()  # -> .b [direct]


def with_block(lock):
    with lock:
        f = a
        f()  # -> .a [direct]
    f = b
    f()  # -> .b [direct]


def matched(kind):
    f = a
    match kind:
        case 1:
            f = b
        case 2:
            f = c
            f()  # -> .c [direct]
    f()  # -> .a [direct] | .b [direct] | .c [direct]


def given(f=a):
    f()  # -> .a [direct] | .c [direct] | ? a caller may give anything
    f = b
    f()  # -> .b [direct]


def called_with():
    given(c)  # -> .given [direct]


def in_comprehension():
    f = a
    [f() for _ in (1, 2)]  # -> .a [direct]
    f = b
    return [f() for f in (c,)]  # -> .c [direct]


def in_walrus(flag):
    f = a
    if flag and (f := b):
        f()  # -> .a [direct] if flag and (f := b) | .b [direct] if flag and (f := b)
    f()  # -> .a [direct] | .b [direct]


def in_closure():
    f = a

    def inner():
        f()  # -> .a [direct] | .b [direct]

    inner()  # -> .in_closure.<locals>.inner [direct]
    f = b
    inner()  # -> .in_closure.<locals>.inner [direct]
