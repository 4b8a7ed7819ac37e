"""An optional part: what is given where it is given; nothing to call where it is not."""


class Norm:
    def run(self):
        pass


class Stack:
    def __init__(self, norm=None):
        self.norm = norm

    def _run(self):
        if self.norm is not None:
            self.norm.run()  # -> .Norm.run [method] if self.norm is not None


class Bare:
    def __init__(self, norm=None):
        self.norm = norm

    def _run(self):
        self.norm.run()  # -> ? the object whose 'run' it is is None


def run():
    Stack(Norm())._run()  # -> .Stack.__init__ [constructor]; .Stack._run [method]; .Norm [constructor]
    Bare()._run()  # -> .Bare.__init__ [constructor]; .Bare._run [method]
