"""Python's own functions call methods of what they are given."""


class Thing:
    def __len__(self):
        return 1

    def __str__(self):
        return ""

    def __iter__(self):
        return iter([Part()])  # -> .Part [constructor]


class Part:
    def go(self):
        pass


def run():
    thing = Thing()  # -> .Thing [constructor]
    len(thing)  # -> .Thing.__len__ [method]
    str(thing)  # -> .Thing.__str__ [method]
    for part in list(thing):  # -> .Thing.__iter__ [method]
        part.go()  # -> .Part.go [method]


def almost():
    thing = Part()  # -> .Part [constructor]
    return str(thing), id(thing)
