"""A default argument that is a function; beside it a call that gives another."""


def a():
    pass


def b():
    pass


def _run(step=a):
    step()  # -> .a [direct]


def _run_given(step=a):
    step()  # -> .b [direct]


def start():
    _run()  # -> ._run [direct]
    _run_given(b)  # -> ._run_given [direct]
