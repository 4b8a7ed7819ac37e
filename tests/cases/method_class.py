"""`cls` is the class through which a class method is reached, not the one where it stands."""


class A:
    @classmethod
    def _make(cls):
        return cls()  # -> .B.__init__ [constructor]


class B(A):
    def __init__(self):
        pass

    def go(self):
        pass


def run():
    B._make().go()  # -> .A._make [method]; .B.go [method]
