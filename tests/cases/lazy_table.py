"""A mapping of one's own that makes an object of the class that stands under a key."""


class Relu:
    def __call__(self):
        pass


class Gelu:
    def __call__(self):
        pass


class ClassTable:
    def __init__(self, classes):
        self.classes = classes

    def __getitem__(self, key):
        return self.classes[key]()  # -> .Gelu [constructor] | .Relu [constructor]


CLASSES = {"relu": Relu, "gelu": Gelu}
ACTIVATIONS = ClassTable(CLASSES)


def run(name):
    ACTIVATIONS[name]()  # -> .ClassTable.__getitem__ [method]; .Gelu.__call__ [method] | .Relu.__call__ [method]


def almost(name):
    CLASSES[name]()  # -> .Gelu [constructor] | .Relu [constructor]
