"""An `__init__` that is another function under that name; beside it a class with its own."""


def _set_up(self, part):
    self.part = part


class Part:
    def run(self):
        pass


class A:
    __init__ = _set_up


class B:
    def __init__(self):
        pass


def start():
    A(Part())  # -> ._set_up [constructor]; .Part [constructor]
    B()  # -> .B.__init__ [constructor]
