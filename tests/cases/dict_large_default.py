"""Of many that a call may reach the one is walked into that the text falls back on."""


def done():
    pass


def a():
    done()  # -> .done [direct]


def b():
    done()  # -> .done [direct]


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


class Model:
    def __init__(self, key):
        self.key = key

    @property
    def chosen(self):
        key = str(self.key)
        if key not in MANY:
            key = "a"
        return MANY[key]

    @property
    def almost(self):
        return MANY[str(self.key)]


def run(key):
    model = Model(key)  # -> .Model.__init__ [constructor]
    model.chosen()  # -> .Model.chosen [property]; .a [direct] | ? one of the 14 that cases.dict_large_default.MANY names
    model.almost()  # -> .Model.almost [property]; ? one of the 14 that cases.dict_large_default.MANY names
