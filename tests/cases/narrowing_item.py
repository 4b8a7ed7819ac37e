"""A test of an item says nothing about the item's attributes, nor one of a call about another's."""


class Left:
    def go(self):
        pass


class Right:
    def go(self):
        pass


def left():
    return Left()  # -> .Left [constructor]


def right():
    return Right()  # -> .Right [constructor]


def run(flag):
    pair = [Left()]  # -> .Left [constructor]
    if isinstance(pair[0], Left):
        pair[0].go()  # -> .Left.go [method] if isinstance(pair[0], Left)
    if isinstance(left(), Left):  # -> .left [direct]
        right().go()  # -> .right [direct] if isinstance(left(), Left); .Right.go [method] if isinstance(left(), Left)


def almost(flag):
    thing = left() if flag else right()  # -> .left [direct] if flag; .right [direct] if flag
    if isinstance(thing, Left):
        thing.go()  # -> .Left.go [method] if isinstance(thing, Left)
