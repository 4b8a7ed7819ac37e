"""An operator in a lambda is the lambda's."""


class Number:
    def __add__(self, other):
        return self


def run():
    add = lambda left, right: left + right  # -> .Number.__add__ [method]
    return add(Number(), Number())  # -> .run.<locals>.<lambda> [direct]; .Number [constructor]; .Number [constructor]


def almost():
    return Number() + Number()  # -> .Number [constructor]; .Number.__add__ [method]; .Number [constructor]
