"""`global` gives the module's name a value from inside a function."""

_step = None
_other = None


def a():
    pass


def set_up():
    global _step
    _step = a
    _other = a


def run():
    _step()  # -> .a [direct]
    _other()  # -> ? it would call None
