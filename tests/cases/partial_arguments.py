"""What `partial` is called with is known where the function runs; what it binds is not."""

from functools import partial


class Thing:
    def go(self):
        pass


def act(thing, times):
    thing.go()  # -> .Thing.go [method]


def almost(thing, times):
    thing.go()  # -> ? the parameter 'thing' may hold anything


def run():
    partial(act, Thing())(2)  # -> .act [direct]; .Thing [constructor]
    step = partial(act, times=2)
    step(Thing())  # -> .act [direct]; .Thing [constructor]
    partial(almost)(None, 1)  # -> .almost [direct]
