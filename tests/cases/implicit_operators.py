"""Operators run methods of the left operand, else the right one's reflected ones."""


class Number:
    def __add__(self, other):
        return Number()  # -> .Number [constructor]

    def __radd__(self, other):
        return Number()  # -> .Number [constructor]

    def __neg__(self):
        return self

    def __lt__(self, other):
        return True

    def shown(self):
        pass


class Plain:
    def add(self, other):
        pass


def run():
    left, right = Number(), Number()  # -> .Number [constructor]; .Number [constructor]
    (left + right).shown()  # -> .Number.shown [method]; .Number.__add__ [method]
    (1 + right).shown()  # -> .Number.shown [method]; .Number.__radd__ [method]
    (-left).shown()  # -> .Number.shown [method]; .Number.__neg__ [method]
    return left < right  # -> .Number.__lt__ [method]


def almost():
    left = Plain()  # -> .Plain [constructor]
    return left is left and 1 + 1
