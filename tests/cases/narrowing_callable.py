"""`callable` chooses between a function and a name of one."""


def a():
    pass


def run(fast):
    what = a if fast else "a"
    if callable(what):
        what()  # -> .a [direct] if callable(what)
    else:
        len(what)


def almost(fast):
    what = a if fast else "a"
    if what:
        what()  # -> .a [direct] if what
