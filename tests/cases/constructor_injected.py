"""An entry's constructor may be given what its own file gives it, and anything else."""

from notinstalled import other


class Backbone:
    def run(self):
        pass


class Tail:
    def run(self):
        pass


class Named:
    def run(self):
        pass


class Detector:
    def __init__(self, backbone, tail=None):
        self.backbone = backbone
        self.tail = tail

    def run(self):
        self.backbone.run()  # -> .Backbone.run [method] | ? 'backbone' may hold anything
        self.tail.run()  # -> .Tail.run [method] | ? a caller may give anything


class Model:
    def __init__(self, part, *, count=2):
        self.part = part
        self.count = count

    def run(self):
        self.part.run()  # -> .Named.run [method] | .Tail.run [method] | ? 'part' may hold anything


class Alone:
    def __init__(self, part):
        self.part = part

    def run(self):
        self.part.run()  # -> ? 'part' may hold anything


class Promised:
    def __init__(self, part: Tail):
        self.part = part

    def run(self):
        self.part.run()  # -> .Tail.run [method]


def build():
    return Detector(Backbone(), Tail())  # -> .Detector.__init__ [constructor]; .Backbone [constructor]; .Tail [constructor]


def build_others(flag):
    Model(part=Named())  # -> .Model.__init__ [constructor]; .Named [constructor]
    return Alone(other())  # -> .Alone.__init__ [constructor]; notinstalled.other [external]


model = Model(Tail())
