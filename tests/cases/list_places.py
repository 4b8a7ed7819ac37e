"""A list that is written down, by its places: in slices, and where something may change it."""


def a():
    pass


def b():
    pass


def c():
    pass


def sliced():
    some = [a, b, c][1:3]
    some[0]()  # -> .b [direct]
    some[-1]()  # -> .c [direct]
    some[:1][0]()  # -> .b [direct]


def by_step():
    [a, b, c][::2][1]()  # -> .c [direct]


def by_variable(n):
    [a, b, c][n:][0]()  # -> .a [direct] | .b [direct] | .c [direct]


def unpacked():
    first, second = [a, b]
    second()  # -> .b [direct]


def appended():
    some = [a, b]
    some.append(c)
    some[0]()  # -> .a [direct] | .b [direct] | .c [direct]


def set_at():
    some = [a, b]
    some[0] = c
    some[1]()  # -> .a [direct] | .b [direct] | .c [direct]


def handed_on(shuffle):
    some = [a, b]
    shuffle(some)  # -> ? the parameter 'shuffle' may hold anything
    some[0]()  # -> .a [direct] | .b [direct]


def copied():
    some = [a, b]
    for function in list(some):
        function()  # -> .a [direct] | .b [direct]
    some[1]()  # -> .b [direct]


class Holds:
    def __init__(self):
        self.some = [a, b]

    def run(self):
        self.some[0]()  # -> .a [direct] | .b [direct]
