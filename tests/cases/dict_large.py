"""A table of many functions under a key that is not known: one of so many, said once."""


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
ALL = [a, b, c, d, e, f, g, h, i, j, k, l, m, n]


def run(key):
    MANY["a"]()  # -> .a [direct]
    MANY[key]()  # -> ? one of the 14 that cases.dict_large.MANY names, by a key that is not known
    MANY.get(key)()  # -> ? one of the 14 that cases.dict_large.MANY names
    MANY.get(key, b)()  # -> .b [direct] | ? one of the 14 that cases.dict_large.MANY names
    FEW[key]()  # -> .a [direct] | .b [direct]
    FEW.get(key, c)()  # -> .a [direct] | .b [direct] | .c [direct]


def through():
    for one in ALL:
        one()  # -> .a [direct] | .b [direct] | .c [direct] | .d [direct] | .e [direct] | .f [direct] | .g [direct] | .h [direct] | .i [direct] | .j [direct] | .k [direct] | .l [direct] | .m [direct] | .n [direct]
    for one in MANY.values():
        one()  # -> .a [direct] | .b [direct] | .c [direct] | .d [direct] | .e [direct] | .f [direct] | .g [direct] | .h [direct] | .i [direct] | .j [direct] | .k [direct] | .l [direct] | .m [direct] | .n [direct]


def by_default(key="c"):
    MANY[key]()  # -> .c [direct] | ? one of the 14 that cases.dict_large.MANY names


def told():
    one = looked_up("d")  # -> .looked_up [direct]
    one()  # -> .d [direct]


def looked_up(key):
    return MANY[key]
