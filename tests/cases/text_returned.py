"""Texts that an annotated function returns choose entries of a table; any text chooses all."""


def a():
    pass


def b():
    pass


def c():
    pass


TABLE = {"a": a, "b": b, "c": c}


def name(first) -> str:
    if first:
        return "a"
    return "b"


def names(first) -> list[str]:
    found = []
    found.append("b")
    return found


def almost(first) -> str:
    if first:
        return "a"
    return first.title


def run(first):
    TABLE[name(first)]()  # -> .a [direct] | .b [direct]; .name [direct]
    for each in names(first):  # -> .names [direct]
        TABLE[each]()  # -> .b [direct]
    TABLE[almost(first)]()  # -> .a [direct] | .b [direct] | .c [direct]; .almost [direct]
