"""An attribute that somebody else sets: on the object after it was made, or on its class."""


def relu(x):
    pass


def gelu(x):
    pass


class Layer:
    step = None

    def __init__(self):
        self.activation = None

    def run(self, x):
        self.activation(x)  # -> .relu [direct]
        self.step(x)  # -> .gelu [direct]
        self.added()  # -> .added [method]
        self.unset(x)  # -> ? no 'unset' is ever set on cases.attribute_outside.Layer


class Other:
    def __init__(self):
        self.activation = None

    def almost(self, x):
        self.activation(x)  # -> ? it would call None


def added(layer):
    layer.run(1)  # -> .Layer.run [method]


def prepare(layer: Layer):
    layer.step = gelu


Layer.added = added


def run():
    layer = Layer()  # -> .Layer.__init__ [constructor]
    layer.activation = relu
    prepare(layer)  # -> .prepare [direct]
    layer.run(1)  # -> .Layer.run [method]
    Other().almost(1)  # -> .Other.__init__ [constructor]; .Other.almost [method]
