"""What `partial` binds, and what it is called with, are known where the function runs."""

from functools import partial


class Thing:
    def go(self):
        pass


class Other:
    def go(self):
        pass


def act(thing, times):
    thing.go()  # -> .Thing.go [method]


def both(first, second, *, third):
    first.go()  # -> .Thing.go [method]
    second.go()  # -> .Other.go [method]
    third.go()  # -> .Other.go [method]


class Made:
    def __init__(self, thing):
        self.thing = thing

    def run(self):
        self.thing.go()  # -> .Other.go [method]


class Called:
    def __call__(self, thing):
        thing.go()  # -> .Thing.go [method]


def overridden(thing=None):
    thing.go()  # -> .Other.go [method]


def almost(thing, times):
    thing.go()  # -> ? the parameter 'thing' may hold anything


def run():
    partial(act, Thing())(2)  # -> .act [direct]; .Thing [constructor]
    step = partial(act, times=2)
    step(Thing())  # -> .act [direct]; .Thing [constructor]
    inner = partial(both, Thing())  # -> .Thing [constructor]
    partial(inner, Other(), third=Other())()  # -> .both [direct]; .Other [constructor]; .Other [constructor]
    partial(Made, Other())().run()  # -> .Made.__init__ [constructor]; .Made.run [method]; .Other [constructor]
    partial(Called(), Thing())()  # -> .Called.__call__ [method]; .Called [constructor]; .Thing [constructor]
    partial(overridden, thing=Thing())(thing=Other())  # -> .overridden [direct]; .Thing [constructor]; .Other [constructor]
    partial(almost)(None, 1)  # -> .almost [direct]
