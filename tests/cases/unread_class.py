"""Objects of classes that are not read, and own classes that derive from one."""

from notinstalled import layers
from notinstalled.layers import Linear, Network


class Net:
    def __init__(self):
        self.first = Linear(4, 4)
        self.second = layers.Linear(4, 4)

    def run(self, x):
        x = self.first(x)  # -> notinstalled.layers.Linear.__call__ [external]
        x = self.second(x).go()  # -> notinstalled.layers.Linear.__call__ [external]; ? notinstalled.layers.Linear is not read
        return self.first.weight.copy()


class Inner(Network):
    def forward(self, x):
        return x


class Late(Inner):
    def forward(self, x):
        return self.helper(x)  # -> .Late.helper [method]

    def helper(self, x):
        return Tool()  # -> .Tool [constructor]


class Called(Network):
    def __call__(self, x):
        return x

    def forward(self, x):
        return x


class Mixed(Network, layers.Extra):
    def forward(self, x):
        return self.missing(x)  # -> ? notinstalled.layers.Network or notinstalled.layers.Extra is not read


class Plain(dict):
    def forward(self, x):
        return x


class Tool:
    def go(self):
        pass


def run(x):
    inner = Inner()  # -> .Inner [constructor] & notinstalled.layers.Network.__init__ [external]
    inner(x)  # -> notinstalled.layers.Network.__call__ [external] & perhaps .Inner.forward [forward]
    late = Late()  # -> .Late [constructor] & notinstalled.layers.Network.__init__ [external]
    late(x).go()  # -> notinstalled.layers.Network.__call__ [external] & perhaps .Late.forward [forward]; .Tool.go [method] | ? __call__ is not followed
    called = Called()  # -> .Called [constructor] & notinstalled.layers.Network.__init__ [external]
    called(x)  # -> .Called.__call__ [method]
    Mixed()(x)  # -> .Mixed [constructor] & notinstalled.layers.Network.__init__ [external] & notinstalled.layers.Extra.__init__ [external]; perhaps .Mixed.forward [forward]
    Plain()(x)  # -> .Plain [constructor]
