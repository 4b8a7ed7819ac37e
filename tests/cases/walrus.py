"""`:=` in a test and in a comprehension binds the function's name."""


class A:
    def run(self):
        pass


class B:
    def run(self):
        pass


def run():
    if (a := A()):  # -> .A [constructor]
        a.run()  # -> .A.run [method] if (a := A())


def in_comprehension():
    [last := B() for _ in "x"]  # -> .B [constructor]
    last.run()  # -> .B.run [method]
