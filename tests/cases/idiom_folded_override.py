"""A function that asks its arguments to run it themselves: that is folded, under its condition."""

from tinynet import has_override, own_override, run_override


def step(x):
    if has_override(x):  # -> tinynet.has_override [direct]
        return run_override(step, (x,), x)  # -> tinynet.run_override [direct] if has_override(x)
    return inner(x)  # -> .inner [direct]


def inner(x):
    pass


def overridden(function, arguments):
    function(*arguments)  # -> .step [direct]


def run(x):
    step(x)  # -> .step [direct]


def almost(x):
    if has_override(x):  # -> tinynet.has_override [direct]
        overridden(step, (x,))  # -> .overridden [direct] if has_override(x)
    own_override(step, (x,))  # -> tinynet.own_override [direct]
    inner(x)  # -> .inner [direct]
