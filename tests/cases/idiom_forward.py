"""A framework's `__call__` is folded into one edge to the module's own `forward`."""

from tinynet import Linear, Module


class Net(Module):
    def __init__(self):
        super().__init__()
        self.linear = Linear(3)  # -> tinynet.Linear.__init__ [constructor]

    def forward(self, x):
        return self.linear(x)  # -> tinynet.Linear.forward [forward]


class NotAModule:
    def __init__(self):
        self.linear = Linear(3)  # -> tinynet.Linear.__init__ [constructor]

    def forward(self, x):
        return self.linear.forward(x)  # -> tinynet.Linear.forward [method]


def run(x):
    Net()(x)  # -> .Net.__init__ [constructor]; .Net.forward [forward]
    NotAModule()(x)  # -> .NotAModule.__init__ [constructor]; ? no '__call__' is ever set on
