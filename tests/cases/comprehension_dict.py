"""The values of a dictionary that a comprehension makes."""


class A:
    def run(self):
        pass


class B:
    def run(self):
        pass


def run(names):
    table = {name: A() for name in names}  # -> .A [constructor]
    other = {name: B() for name in names}  # -> .B [constructor]
    table["x"].run()  # -> .A.run [method]
    for _, value in other.items():
        value.run()  # -> .B.run [method]
