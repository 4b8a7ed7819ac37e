"""`__new__` where no `__init__` stands nearer."""


class A:
    def __new__(cls):
        return super().__new__(cls)

    def __init__(self):
        pass


class B(A):
    def __new__(cls):
        return super().__new__(cls)  # -> .A.__new__ [super]


def run():
    A()  # -> .A.__init__ [constructor]
    B()  # -> .B.__new__ [constructor]
