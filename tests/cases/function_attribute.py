"""What is set on a function by its name is its attribute; what nobody sets is none."""


def one():
    one.calls = two


def two():
    pass


one.then = two
one.table = {"a": two}


def outer():
    def inner():
        return inner.found

    inner.found = two
    return inner


def run():
    one.then()  # -> .two [direct]
    one.table["a"]()  # -> .two [direct]
    one.calls()  # -> .two [direct]
    outer()()()  # -> .outer [direct]; .outer.<locals>.inner [direct]; .two [direct]
    two.then()  # -> ? function objects have no attribute 'then'
    one.__name__.upper()
