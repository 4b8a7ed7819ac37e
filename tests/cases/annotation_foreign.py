"""Annotations that name a class which is not read; what a body tells comes first."""

import enginekit


class Own:
    def add(self):
        pass


class Builder:
    def __init__(self, network: enginekit.Network):
        self._network = network

    @property
    def network(self) -> enginekit.Network:
        return self._network


def own() -> enginekit.Network:
    return Own()  # -> .Own [constructor]


def unsaid(network):
    return network


def run(tensor: enginekit.Tensor):
    tensor.size()  # -> enginekit.Tensor.size [external]
    builder = Builder(make())  # -> .Builder.__init__ [constructor]; .make [direct]
    builder.network.add()  # -> .Builder.network [property]; enginekit.Network.add [external]
    own().add()  # -> .own [direct]; .Own.add [method]
    unsaid(make()).add()  # -> .unsaid [direct]; ? what cases.annotation_foreign.unsaid returns is not known; .make [direct]


def make():
    return enginekit.unknown()
