"""Attributes set from outside: through several steps, by a helper, by another class's method."""


class Cache:
    def get(self):
        pass


class Attention:
    def __init__(self):
        self.cache = None

    def run(self):
        self.cache.get()  # -> .Cache.get [method]


class Block:
    def __init__(self):
        self.attention = Attention()  # -> .Attention.__init__ [constructor]

    def run(self):
        self.attention.run()  # -> .Attention.run [method]


class Model:
    def __init__(self, n):
        self.blocks = [Block() for _ in range(n)]  # -> .Block.__init__ [constructor]

    def set_up(self):
        for block in self.blocks:
            block.attention.cache = Cache()  # -> .Cache [constructor]

    def run(self):
        for block in self.blocks:
            block.run()  # -> .Block.run [method]


def prepare(model):
    model.helper = Cache()  # -> .Cache [constructor]


class Prepared:
    def __init__(self):
        prepare(self)  # -> .prepare [direct]

    def run(self):
        self.helper.get()  # -> .Cache.get [method]


class Variant:
    @staticmethod
    def init(layer, name):
        layer.vectors[name] = Cache()  # -> .Cache [constructor]


class Layer:
    def __init__(self):
        self.vectors = {}
        Variant.init(self, "one")  # -> .Variant.init [direct]

    def run(self, name):
        self.vectors[name].get()  # -> .Cache.get [method]
