"""A function made by another and kept in an attribute keeps what it closes over."""


def a():
    pass


def b():
    pass


def make(step):
    def stepping():
        step()  # -> .a [direct]

    return stepping


class Runner:
    def __init__(self, step):
        self.step = make(step)  # -> .make [direct]
        self.plain = step

    def run(self):
        self.step()  # -> .make.<locals>.stepping [direct]

    def almost(self):
        self.plain()  # -> .b [direct]


def run():
    Runner(a).run()  # -> .Runner.__init__ [constructor]; .Runner.run [method]
    Runner(b).almost()  # -> .Runner.__init__ [constructor]; .Runner.almost [method]
