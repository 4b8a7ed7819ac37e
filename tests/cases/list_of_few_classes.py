"""Many objects of a few classes: the functions are few, and each is walked into."""

from .dict_large import a, b, c, d, e, f, g, h, i, j, k, l, m, n


class Step:
    def __init__(self, then):
        self.then = then

    def go(self):
        self.then()  # -> cases.dict_large.a [direct] | cases.dict_large.b [direct] | cases.dict_large.c [direct] | cases.dict_large.d [direct] | cases.dict_large.e [direct] | cases.dict_large.f [direct] | cases.dict_large.g [direct] | cases.dict_large.h [direct] | cases.dict_large.i [direct] | cases.dict_large.j [direct] | cases.dict_large.k [direct] | cases.dict_large.l [direct] | cases.dict_large.m [direct] | cases.dict_large.n [direct]


class Last:
    def go(self):
        last()  # -> .last [direct]


def last():
    pass


STEPS = [
    Last(),
    Step(a),
    Step(b),
    Step(c),
    Step(d),
    Step(e),
    Step(f),
    Step(g),
    Step(h),
    Step(i),
    Step(j),
    Step(k),
    Step(l),
    Step(m),
    Step(n),
]


def run():
    for step in STEPS:
        step.go()  # -> .Last.go [method] | .Step.go [method]
