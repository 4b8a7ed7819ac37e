"""What walked code sets on a class counts also where the attribute was read before.

Read for a call only, that place is looked at again; what a function returns of it, all is.
"""


class Layer:
    def close(self):
        pass


class Other:
    def close(self):
        pass


class Memo:
    current = None
    kept = None


def held():
    return Memo.kept


def run():
    Memo.current.close()  # -> .Layer.close [method]
    held().close()  # -> .held [direct]; .Other.close [method]
    begin()  # -> .begin [direct]


def begin():
    Memo.current = Layer()  # -> .Layer [constructor]
    Memo.kept = Other()  # -> .Other [constructor]
    end()  # -> .end [direct]


def end():
    Memo.current.close()  # -> .Layer.close [method]
