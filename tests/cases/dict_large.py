"""A call that may reach many functions names each of them, and walks into none."""


def a():
    pass


def b():
    pass


def c():
    pass


def d():
    pass


def e():
    pass


def f():
    pass


def g():
    pass


def h():
    pass


def i():
    pass


def j():
    pass


def k():
    pass


def l():
    pass


def m():
    pass


def n():
    pass


MANY = {
    "a": a,
    "b": b,
    "c": c,
    "d": d,
    "e": e,
    "f": f,
    "g": g,
    "h": h,
    "i": i,
    "j": j,
    "k": k,
    "l": l,
    "m": m,
    "n": n,
}
FEW = {"a": a, "b": b}


def run(key):
    MANY["a"]()  # -> .a [direct]
    MANY[key]()  # -> .a [direct] | .b [direct] | .c [direct] | .d [direct] | .e [direct] | .f [direct] | .g [direct] | .h [direct] | .i [direct] | .j [direct] | .k [direct] | .l [direct] | .m [direct] | .n [direct]
    FEW[key]()  # -> .a [direct] | .b [direct]
