"""Reading an object with `__get__` that a class holds gives what `__get__` returns."""


class Made:
    def go(self):
        pass


class Lazy:
    def __init__(self, make):
        self.make = make

    def __get__(self, owner, cls=None):
        return self.make()  # -> .make_it [direct]


class Computed:
    def __init__(self, function):
        self.function = function

    def __get__(self, owner, cls=None):
        return self.function(owner)  # -> .Holder.size [direct]


class Plain:
    def go(self):
        pass


def make_it():
    return Made()  # -> .Made [constructor]


class Holder:
    lazy = Lazy(make_it)
    plain = Plain()

    @Computed
    def size(self):
        return self.helper()  # -> .Holder.helper [method]

    def helper(self):
        return Made()  # -> .Made [constructor]


def run():
    holder = Holder()  # -> .Holder [constructor]
    holder.lazy.go()  # -> .Lazy.__get__ [property]; .Made.go [method]
    holder.size.go()  # -> .Computed.__get__ [property]; .Made.go [method]


def almost():
    Holder().plain.go()  # -> .Holder [constructor]; .Plain.go [method]
