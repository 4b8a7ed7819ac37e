"""What is joined with something unknown is possible, and the reason of the unknown stands beside."""

import json


def one(x):
    pass


def two(x):
    pass


class Slow:
    def __init__(self, given):
        self.slow = given
        self.either = one
        if given:
            self.either = json.loads(given)

    def rebound(self, name):
        fn = one
        if name:
            fn = json.loads(name)
        fn(name)  # -> .one [direct] | ? the result of json.loads is not followed

    def chosen(self, flag):
        f = self.slow if flag else two
        f(flag)  # -> .two [direct] | ? the parameter 'given' may hold anything

    def fallen_back(self):
        (self.slow or two)(1)  # -> .two [direct] | ? the parameter 'given' may hold anything

    def held(self):
        self.either(1)  # -> .one [direct] | ? the result of json.loads is not followed

    def handed_on(self, name):
        run_it(json.loads(name) if name else one)  # -> .run_it [direct]

    def returned(self, name):
        picked(name)(name)  # -> .picked [direct]; .two [direct] | ? the result of json.loads is not followed

    def missing(self, flag):
        (self.nowhere if flag else two)(flag)  # -> .two [direct]

    def none(self, flag):
        (None if flag else two)(flag)  # -> .two [direct]


class Block:
    def __init__(self, norm=one):
        self.norm = norm

    def go(self):
        self.norm(1)  # -> .one [direct] | ? a caller may give anything


def run_it(fn):
    fn(1)  # -> .one [direct] | ? a caller may give anything


def picked(name):
    if name:
        return json.loads(name)
    return two


def annotated(name):
    fn: Block = json.loads(name)
    fn.go()  # -> .Block.go [method]


def made():
    Block().go()  # -> .Block.__init__ [constructor]; .Block.go [method]
