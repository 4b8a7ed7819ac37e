"""A mapping that fills in Python's abstract one: `get` goes by its own `__getitem__`.

It gives its default back and does not call it.
"""

from collections.abc import Mapping


def a():
    pass


def b():
    pass


def fallback():
    pass


class Interfaces(Mapping):
    everywhere = {"a": a}

    def __init__(self):
        self.here = {"b": b}

    def __getitem__(self, key):
        if key in self.here:
            return self.here[key]
        return self.everywhere[key]

    def __iter__(self):
        return iter({**self.everywhere, **self.here})

    def __len__(self):
        return len(self.everywhere)

    def named(self, key):
        return super().get(key, fallback)  # -> .Interfaces.__getitem__ [method]


class Almost:
    def __getitem__(self, key):
        return a

    def get(self, key):
        return b


def run(key):
    Interfaces().named(key)()  # -> .Interfaces.__init__ [constructor]; .Interfaces.named [method]; .a [direct] | .b [direct] | .fallback [direct]
    Interfaces().get(key)()  # -> .Interfaces.__init__ [constructor]; .Interfaces.__getitem__ [method]; .a [direct] | .b [direct]
    Almost().get(key)()  # -> .Almost [constructor]; .Almost.get [method]; .b [direct]
