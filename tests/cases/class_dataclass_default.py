"""A field's default is one of what it may be, where somebody else made the object."""

from dataclasses import dataclass

from tinynet import Identity, Module


@dataclass
class Parts:
    norm: type = Identity
    count: int = 2


class Plain:
    norm: type = Identity


class Layer(Module):
    def __init__(self, parts: Parts):
        self.norm = parts.norm()  # -> tinynet.Identity [constructor] | ? a caller may give anything

    def forward(self, x):
        return self.norm(x)  # -> tinynet.Identity.forward [forward] | ? a caller may give anything


def plain(parts: Plain, x):
    return parts.norm()(x)  # -> tinynet.Identity [constructor]; tinynet.Identity.forward [forward]
