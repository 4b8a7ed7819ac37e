"""A method puts what it is given into a container of its object; another object's stays empty."""


class Manager:
    def __init__(self, name):
        self.name = name
        self.patterns = {}
        self.watching = []

    def add(self, label, pattern, benefit=0):
        self.patterns[label] = (benefit, pattern)

    def watch(self, function):
        self.watching.append(function)

    def apply(self, x):
        for benefit, pattern in self.patterns.values():  # -> builtins.dict.values [external]
            pattern.match(x)  # -> .Fuse.match [method]
        for function in self.watching:
            function(x)  # -> .seen [direct]


class Other(Manager):
    def apply(self, x):
        for benefit, pattern in self.patterns.values():  # -> builtins.dict.values [external]
            pattern.match(x)  # -> ? what is in the container is not known


class Fuse:
    def match(self, x):
        pass


def seen(x):
    pass


def run(x):
    manager = Manager("one")  # -> .Manager.__init__ [constructor]
    manager.add(label="fuse", pattern=Fuse())  # -> .Manager.add [method]; .Fuse [constructor]
    manager.watch(seen)  # -> .Manager.watch [method]
    manager.apply(x)  # -> .Manager.apply [method]
    Other("two").apply(x)  # -> .Manager.__init__ [constructor]; .Other.apply [method]
