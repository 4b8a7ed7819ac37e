"""A `case` binds names, and its body runs under it."""


class A:
    def __init__(self, part):
        self.part = part

    def run(self):
        pass


class B:
    def run(self):
        pass


def run(value):
    match value:
        case A() as a:
            a.run()  # -> .A.run [method]
        case B(part=a_part):
            a_function()  # -> .a_function [direct]
            a_part.run()  # -> ? no 'part' is ever set on cases.match_statement.B
        case [first, *rest]:
            rest.run()  # -> ? list objects have no attribute 'run'
        case other:
            other.run()  # -> ? the parameter 'value' may hold anything


def a_function():
    pass
