"""Closures over closures, also where a loop wraps again and again; beside it one that calls one."""


def wrap(function):
    def wrapped():
        function()  # -> .inner [direct] | .wrap.<locals>.wrapped [direct]

    return wrapped


def once(function):
    def wrapped():
        function()  # -> .inner [direct]

    return wrapped


def inner():
    pass


def run(times):
    function = inner
    for _ in range(times):
        function = wrap(function)  # -> .wrap [direct]
    function()  # -> .inner [direct] | .wrap.<locals>.wrapped [direct]
    once(inner)()  # -> .once [direct]; .once.<locals>.wrapped [direct]
