"""`__new__` and `__init__` both run; a class with only one of them runs the other of its base."""


class A:
    def __new__(cls):
        return super().__new__(cls)

    def __init__(self):
        pass


class B(A):
    def __new__(cls):
        return super().__new__(cls)  # -> .A.__new__ [super]


def run():
    A()  # -> .A.__init__ [constructor] & .A.__new__ [constructor]
    B()  # -> .A.__init__ [constructor] & .B.__new__ [constructor]
