"""Operators and classes by name of a framework that is not read; beside them what else it has."""

import unread
from unread import classes as made
from unread.operators import other


class Decoder:
    def __init__(self, size):
        self.step = made.other.Step(size)  # -> other::Step [native]

    def run(self, x):
        self.step.forward(x)  # -> other::Step.forward [native]
        other.scaled(x)  # -> other::scaled [native]
        unread.operators.other.scaled.default(x)  # -> other::scaled [native]


def almost(x):
    unread.functions.other.scaled(x)  # -> unread.functions.other.scaled [external]
    unread.operators(x)  # -> unread.operators [external]
    Decoder(1).run(x)  # -> .Decoder.__init__ [constructor]; .Decoder.run [method]
