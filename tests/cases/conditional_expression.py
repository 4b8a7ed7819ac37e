"""`x if c else y` and `x or y` may be either; `and` gives one of them too."""


def a():
    pass


def b():
    pass


def run(flag):
    (a if flag else b)()  # -> .a [direct] | .b [direct]
    (None or b)()  # -> .b [direct]


def given(step=None):
    step = step or b
    step()  # -> .b [direct] | ? a caller may give anything
