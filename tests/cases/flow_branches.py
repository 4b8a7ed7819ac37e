"""Behind branches, loops, `try`, `with` and `match` a name is what any of their ways gave it."""

from contextlib import suppress


class A:
    def go(self):
        pass


class B:
    def go(self):
        pass


class C:
    def go(self):
        pass


def branch(flag):
    m = A()  # -> .A [constructor]
    if flag:
        m = B()  # -> .B [constructor] if flag
        m.go()  # -> .B.go [method] if flag
    m.go()  # -> .A.go [method] | .B.go [method]
    m = C()  # -> .C [constructor]
    m.go()  # -> .C.go [method]


def both(flag):
    m = A()  # -> .A [constructor]
    if flag:
        m = B()  # -> .B [constructor] if flag
    else:
        m = C()  # -> .C [constructor] if flag
    m.go()  # -> .B.go [method] | .C.go [method]


def leaving(flag):
    m = A()  # -> .A [constructor]
    if flag:
        m = B()  # -> .B [constructor] if flag
        return m.go()  # -> .B.go [method] if flag
    return m.go()  # -> .A.go [method]


def loop(xs):
    m = A()  # -> .A [constructor]
    for x in xs:
        m.go()  # -> .A.go [method] | .B.go [method]
        m = B()  # -> .B [constructor]
        m.go()  # -> .B.go [method]
    m.go()  # -> .A.go [method] | .B.go [method]
    m = C()  # -> .C [constructor]


def breaking(xs):
    m = A()  # -> .A [constructor]
    for x in xs:
        if x:
            m = B()  # -> .B [constructor] if x
            break
        m = C()  # -> .C [constructor]
        m.go()  # -> .C.go [method]
    else:
        m.go()  # -> .A.go [method] | .B.go [method] | .C.go [method]
    m.go()  # -> .A.go [method] | .B.go [method] | .C.go [method]


def while_loop(n):
    m = A()  # -> .A [constructor]
    while m.go():  # -> .A.go [method] | .B.go [method]
        m = B()  # -> .B [constructor]
        m.go()  # -> .B.go [method]
    m.go()  # -> .A.go [method] | .B.go [method]


def loop_names():
    for m in [A()]:  # -> .A [constructor]
        m.go()  # -> .A.go [method]
    for m in [B()]:  # -> .B [constructor]
        m.go()  # -> .B.go [method]
        m = C()  # -> .C [constructor]
        m.go()  # -> .C.go [method]


def trying():
    m = A()  # -> .A [constructor]
    try:
        m = B()  # -> .B [constructor]
        m.go()  # -> .B.go [method]
    except ValueError:
        m.go()  # -> .A.go [method] | .B.go [method]
    else:
        m.go()  # -> .B.go [method]
    m.go()  # -> .A.go [method] | .B.go [method]


def trying_or_leaving():
    m = A()  # -> .A [constructor]
    try:
        m = B()  # -> .B [constructor]
    except ValueError:
        raise
    m.go()  # -> .B.go [method]


def at_last():
    m = A()  # -> .A [constructor]
    try:
        m = B()  # -> .B [constructor]
    finally:
        m.go()  # -> .A.go [method] | .B.go [method]


def suppressed():
    m = A()  # -> .A [constructor]
    with suppress(ValueError):
        m = B()  # -> .B [constructor]
        m.go()  # -> .B.go [method]
    m.go()  # -> .A.go [method] | .B.go [method]


def matching(x):
    m = A()  # -> .A [constructor]
    match x:
        case 1:
            m = B()  # -> .B [constructor]
        case 2:
            m = C()  # -> .C [constructor]
            return m.go()  # -> .C.go [method]
    return m.go()  # -> .A.go [method] | .B.go [method]


def nested(flag, xs):
    m = A()  # -> .A [constructor]
    if flag:
        for x in xs:
            m = B()  # -> .B [constructor] if flag
        m = C()  # -> .C [constructor] if flag
    m.go()  # -> .A.go [method] | .C.go [method]
