"""What is folded is named and not walked into."""

from tinynet import trace
from tinynet.compiler import compiled


def run():
    trace(1)  # -> tinynet.trace [direct]
    compiled(run)  # -> tinynet.compiler.compiled [direct]
