"""`+=` runs `__iadd__` where there is one, else `__add__`."""


class Own:
    def __iadd__(self, other):
        return self


class Plain:
    def __add__(self, other):
        return self


def run():
    own = Own()  # -> .Own [constructor]
    own += 1  # -> .Own.__iadd__ [method]
    plain = Plain()  # -> .Plain [constructor]
    plain += 1  # -> .Plain.__add__ [method]
    number = 1
    number += 1
