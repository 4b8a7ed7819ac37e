"""A function in a function hides one of the module's with the same name."""


def helper():
    pass


def hides():
    def helper():
        pass

    helper()  # -> .hides.<locals>.helper [direct]


def sees():
    helper()  # -> .helper [direct]
