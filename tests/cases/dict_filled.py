"""What is assigned to an item is found under its key; a key that varies may be any."""


def a():
    pass


def b():
    pass


TABLE = {}
TABLE["a"] = a
TABLE.update({"b": b})


def run(name):
    TABLE["a"]()  # -> .a [direct]
    TABLE[name]()  # -> .a [direct] | .b [direct]


def local(name):
    table = {}
    table[name] = b
    table["a"]()  # -> .b [direct]
