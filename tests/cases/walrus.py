"""`:=` in a test and in a comprehension binds the function's name."""


class A:
    def run(self):
        pass


class B:
    def run(self):
        pass


def run():
    if a := A():  # -> .A [constructor]
        a.run()  # -> .A.run [method] if a := A()


def in_comprehension(names):
    [last := B() for _ in names]  # -> .B [constructor]
    last.run()  # -> .B.run [method]


def of_its_variable():
    [kept := item for item in [A()]]  # -> .A [constructor]
    kept.run()  # -> .A.run [method]
