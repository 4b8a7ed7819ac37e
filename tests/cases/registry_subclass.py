"""A registry that inherits from `dict`, filled by items, by `update` and asked in three ways."""


class Table(dict):
    def pick(self, name, default):
        return super().get(name, default)


def a():
    pass


def b():
    pass


def c():
    pass


TABLE = Table()
TABLE["a"] = a
TABLE.update(b=b)


def run(name):
    TABLE["a"]()  # -> .a [direct]
    TABLE[name]()  # -> .a [direct] | .b [direct]
    TABLE[name.lower()]()  # -> .a [direct] | .b [direct]; ? the parameter 'name' may hold anything
    TABLE.get("b")()  # -> .b [direct]
    TABLE.get(name, c)()  # -> .a [direct] | .b [direct] | .c [direct]
    TABLE.pick(name, c)()  # -> .Table.pick [method]; .a [direct] | .b [direct] | .c [direct]
