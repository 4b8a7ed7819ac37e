"""A function handed to a function; beside it one whose caller is not known."""


def a():
    pass


def b():
    pass


def _apply(function):
    function()  # -> .a [direct] | .b [direct]


def run():
    _apply(a)  # -> ._apply [direct]
    _apply(function=b)  # -> ._apply [direct]


def anybody(function):
    function()  # -> ? the parameter 'function' may hold anything
