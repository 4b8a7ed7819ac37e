"""A class body inside a function runs when the function runs."""


def helper():
    return 1


def other():
    return 2


def make(default=helper):
    class Made:
        size = default()  # -> .helper [direct] | ? a caller may give anything

        def run(self):
            return self.made()  # -> .make.<locals>.Made.made [method]

        def made(self):
            return other()  # -> .other [direct]

    return Made


def run():
    make()().run()  # -> .make [direct]; .make.<locals>.Made [constructor]; .make.<locals>.Made.run [method]
