"""An empty list or dictionary that a function is handed holds what that puts into it."""


class Layer:
    def go(self):
        pass


class Other:
    def go(self):
        pass


def _add(to, layer):
    to.append(layer)


def _add_twice(layers, layer):
    _add(layers, layer)  # -> ._add [direct]
    _add(layers, layer)  # -> ._add [direct]


def _put(table, key, layer):
    table[key] = layer


def _keep(layers):
    return layers


class _Builder:
    def add(self, layers):
        layers += [Other()]  # -> .Other [constructor]


def handed():
    layers = []
    _add(layers, Layer())  # -> ._add [direct]; .Layer [constructor]
    for layer in layers:
        layer.go()  # -> .Layer.go [method]


def handed_on():
    layers = []
    _add_twice(layer=Layer(), layers=layers)  # -> ._add_twice [direct]; .Layer [constructor]
    layers[0].go()  # -> .Layer.go [method]


def by_key():
    table = {}
    _put(table, "a", Layer())  # -> ._put [direct]; .Layer [constructor]
    _put(table, "b", Other())  # -> ._put [direct]; .Other [constructor]
    table["a"].go()  # -> .Layer.go [method]
    table["b"].go()  # -> .Other.go [method]


def by_method():
    layers = []
    _Builder().add(layers)  # -> ._Builder [constructor]; ._Builder.add [method]
    layers[0].go()  # -> .Other.go [method]


def by_inner():
    layers = []

    def add():
        layers.append(Layer())  # -> .Layer [constructor]

    add()  # -> .by_inner.<locals>.add [direct]
    layers[0].go()  # -> .Layer.go [method]


def by_none():
    layers = []
    _keep(layers)  # -> ._keep [direct]
    layers[0].go()  # -> ? what is in the container is not known


def by_own_name():
    layers = []

    def add():
        layers = []
        layers.append(Layer())  # -> .Layer [constructor]

    add()  # -> .by_own_name.<locals>.add [direct]
    layers[0].go()  # -> ? what is in the container is not known
