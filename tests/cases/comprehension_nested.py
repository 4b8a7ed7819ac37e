"""Two loops in one comprehension, and a comprehension in another."""


class A:
    def run(self):
        pass

    def parts(self):
        return [B()]  # -> .B [constructor]


class B:
    def run(self):
        pass


def two():
    return [p.run() for a in [A()] for p in a.parts()]  # -> .B.run [method]; .A [constructor]; .A.parts [method]


def inner():
    return [[x.run() for x in x.parts()] for x in [A()]]  # -> .B.run [method]; .A.parts [method]; .A [constructor]
