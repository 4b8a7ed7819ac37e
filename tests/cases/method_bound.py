"""A bound method kept in a name; beside it the method of another object."""


class A:
    def step(self):
        pass


class B:
    def step(self):
        pass


def run():
    step = A().step  # -> .A [constructor]
    step()  # -> .A.step [method]
    other = B().step  # -> .B [constructor]
    return other
