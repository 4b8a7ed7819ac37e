"""A lambda in a comprehension sees its names, and its own before those."""


class A:
    def go(self):
        pass


def run():
    steps = [lambda: each.go() for each in [A()]]  # -> .A.go [method]; .A [constructor]
    steps[0]()  # -> .run.<locals>.<lambda> [direct]


def almost():
    steps = [lambda each=None: each for each in [A()]]  # -> .A [constructor]
    return steps[0]()  # -> .almost.<locals>.<lambda> [direct]
