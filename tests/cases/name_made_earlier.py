"""What a module makes of a name is made of what the name was then, not of what it is later."""


def one():
    pass


def two():
    pass


class Holder:
    def __init__(self, function):
        self.function = function

    def go(self):
        self.function()  # -> .two [direct]


current = one
kept = current
table = {"a": current}
listed = [current]
later = kept


def defaulted(function=current):
    return function


current = two
holder = Holder(current)


def run():
    kept()  # -> .one [direct]
    table["a"]()  # -> .one [direct]
    later()  # -> .one [direct]
    current()  # -> .two [direct]
    defaulted()()  # -> .defaulted [direct]; .one [direct]
    holder.go()  # -> .Holder.go [method]
    for function in listed:
        function()  # -> .one [direct]
