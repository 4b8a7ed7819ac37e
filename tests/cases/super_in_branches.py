"""A constructor that calls its base's in two branches: what either hands over may be held."""


def grown():
    pass


def fixed():
    pass


def other():
    pass


WAYS = {"grown": grown, "fixed": fixed, "other": other}


class Layer:
    def go(self):
        pass


class Window(Layer):
    def go(self):
        pass


class Other(Layer):
    def go(self):
        pass


class Cache:
    def __init__(self, layers=None, kind=None, way="fixed"):
        self.layers = layers if layers is not None else []
        self.kind = kind
        self.way = way

    def grow(self):
        self.layers.append(self.kind())  # -> perhaps ? a caller may give anything; .Layer [constructor]

    def go(self):
        self.layers[0].go()  # -> .Layer.go [method] | .Window.go [method]


class Given(Cache):
    def __init__(self, windows):
        if windows:
            super().__init__(layers=[Window()])  # -> .Cache.__init__ [super] if windows; .Window [constructor] if windows
        else:
            super().__init__(kind=Layer, way="grown")  # -> .Cache.__init__ [super] if windows


class Single(Given):
    def __init__(self, windows):
        Cache.__init__(self, [Other()], way="other")  # -> .Cache.__init__ [direct]; .Other [constructor]

    def go(self):
        self.layers[0].go()  # -> .Other.go [method]


def run(windows):
    given = Given(windows)  # -> .Given.__init__ [constructor]
    given.grow()  # -> .Cache.grow [method]
    given.go()  # -> .Cache.go [method]
    WAYS[given.way]()  # -> .fixed [direct] | .grown [direct]
    single = Single(windows)  # -> .Single.__init__ [constructor]
    single.go()  # -> .Single.go [method]
    WAYS[single.way]()  # -> .other [direct]
