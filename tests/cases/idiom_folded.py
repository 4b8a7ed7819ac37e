"""What is folded is named and not walked into; a class of it is still a base."""

from tinynet import trace
from tinynet.compiler import Traced, compiled


class Own(Traced):
    def start(self):
        self.go()  # -> tinynet.compiler.Traced.go [method]


def run():
    trace(1)  # -> tinynet.trace [direct]
    compiled(run)()  # -> tinynet.compiler.compiled [direct]; ? it is folded
    Traced(run)  # -> tinynet.compiler.Traced [constructor]


def hinted(traced: Traced):
    traced.go()  # -> tinynet.compiler.Traced.go [method]
