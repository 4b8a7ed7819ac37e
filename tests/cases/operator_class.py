"""A class that C++ registers by name, its objects and their methods; beside it an operator."""

from tinynet.operators import classes, operators


class Decoder:
    def __init__(self, size):
        self.step = classes.other.Step(size)  # -> other::Step [native]

    def run(self, x):
        self.step.forward(x)  # -> other::Step.forward [native]
        operators.other.step(x).forward(x)  # -> other::step [native]; ? what the native function other::step returns


def run():
    Decoder(1).run(2)  # -> .Decoder.__init__ [constructor]; .Decoder.run [method]
