"""What walked code sets on a class leads no further where it is only read for a call, or is not."""


class Layer:
    def close(self):
        finish()  # -> .finish [direct]


def finish():
    pass


class Memo:
    current = None
    other = None


def run():
    Memo.other.close()  # -> ? is None
    Memo.current.close()  # -> .Layer.close [method]
    begin()  # -> .begin [direct]


def begin():
    Memo.current = Layer()  # -> .Layer [constructor]
