"""What functions give that take one array or several is an array; an idiom says of which argument."""

from unread import layers, moved, packed, taken


class Thing:
    def go(self):
        pass


def run(x: Thing):
    moved(x, "a b -> b a").go()  # -> .Thing.go [method]
    moved([x, x], "a b -> b a").go()  # -> .Thing.go [method]
    both, shapes = packed([x, x], "* a")
    both.go()  # -> .Thing.go [method]
    shapes.go()  # -> ? only the first
    first, *rest = taken(x, shapes, "* a")
    first.go()  # -> .Thing.go [method]
    rest[0].go()  # -> .Thing.go [method]
    layers.Moved("a b -> b a")(x).go()  # -> .Thing.go [method]
    while first:
        x = moved([x, x], "a b -> b a")


def almost(x: Thing):
    layers.Other("a b")(x).go()  # -> ? unread.layers.Other is not read
    moved(pattern="a b").go()  # -> ? the result of unread.moved is not followed
