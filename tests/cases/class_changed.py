"""An object that is given another class has the methods of both; one beside it keeps its own."""


class Plain:
    def go(self):
        pass


class Fast:
    def go(self):
        pass

    def only(self):
        pass


class Slow:
    def go(self):
        pass


TABLE = {"fast": Fast}


def change(thing, name):
    thing.__class__ = TABLE[name]


def run():
    thing, other = Plain(), Slow()  # -> .Plain [constructor]; .Slow [constructor]
    change(thing, "fast")  # -> .change [direct]
    thing.go()  # -> .Fast.go [method] | .Plain.go [method]
    thing.only()  # -> .Fast.only [method]
    other.go()  # -> .Slow.go [method]
    other.only()  # -> ? no 'only' is ever set
