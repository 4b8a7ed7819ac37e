"""A call with keywords that an object keeps reaches its function, and names what it is given."""


class Kept:
    def __init__(self, function, **inputs):
        self.function = function
        self.raw_inputs = inputs

    def replay(self):
        self.function(**self.raw_inputs)  # -> .attention [direct]
        attention(**self.raw_inputs)  # -> .attention [direct]
        almost(self.raw_inputs)  # -> .almost [direct]


def attention(query, key):
    query()  # -> .a [direct] | .c [direct]
    key()  # -> .b [direct]


def almost(inputs):
    inputs["query"]()  # -> .a [direct] | .c [direct]


def a():
    pass


def b():
    pass


def c():
    pass


def run():
    kept = Kept(attention, query=a, key=b)  # -> .Kept.__init__ [constructor]
    kept.raw_inputs["query"] = c
    kept.replay()  # -> .Kept.replay [method]
