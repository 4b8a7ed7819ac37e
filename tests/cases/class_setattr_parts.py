"""Surgery: what is set from outside on an object's attribute is a rival of what was there."""


class A:
    def go(self):
        pass


class B:
    def go(self):
        pass


class Whole:
    def __init__(self):
        self.part = A()  # -> .A [constructor]
        self.other = A()  # -> .A [constructor]

    def run(self):
        self.part.go()  # -> .A.go [method] | .B.go [method]
        self.other.go()  # -> .A.go [method]


def run():
    whole = Whole()  # -> .Whole.__init__ [constructor]
    whole.part = B()  # -> .B [constructor]
    whole.run()  # -> .Whole.run [method]
    setattr(whole, "part", B())  # -> .B [constructor]
