"""A comprehension's elements, and its variable, which is not the function's of the same name."""


class A:
    def run(self):
        return B()  # -> .B [constructor]


class B:
    def run(self):
        pass


def elements():
    made = [item.run() for item in (A(), A())]  # -> .A.run [method]; .A [constructor]; .A [constructor]
    made[0].run()  # -> .B.run [method]


def names():
    item = B()  # -> .B [constructor]
    all(item.run() for item in [A()])  # -> .A.run [method]; .A [constructor]
    item.run()  # -> .B.run [method]


def same_name(item: A):
    return {item.run() for item in [item]}  # -> .A.run [method]
