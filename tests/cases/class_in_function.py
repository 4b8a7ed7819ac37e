"""A class made in a function, and what it closes over."""


def helper():
    pass


def make(step=helper):
    class Made:
        def run(self):
            step()  # -> .helper [direct] | ? a caller may give anything

    return Made


def run():
    make()().run()  # -> .make [direct]; .make.<locals>.Made [constructor]; .make.<locals>.Made.run [method]
