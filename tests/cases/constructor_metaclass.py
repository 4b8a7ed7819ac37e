"""A metaclass's `__call__` runs in place of the class's own constructor."""


class Meta(type):
    def __call__(cls, *args):
        made = super().__call__(*args)  # -> .Made.__init__ [constructor]
        made.after()  # -> .Child.after [method] | .Made.after [method]
        return made


class Made(metaclass=Meta):
    def __init__(self, size):
        self.size = size

    def after(self):
        pass


class Child(Made):
    def after(self):
        pass


class Outright(type):
    def __call__(cls, *args):
        made = type.__call__(cls, *args)  # -> .Thing.__init__ [constructor]
        made.part.after()  # -> .Made.after [method]
        return made


class Thing(metaclass=Outright):
    def __init__(self, part):
        self.part = part


class Plain:
    def __init__(self):
        pass


def run():
    Made(1)  # -> .Meta.__call__ [constructor]
    Child(2)  # -> .Meta.__call__ [constructor]
    Thing(Made(1))  # -> .Outright.__call__ [constructor]; .Meta.__call__ [constructor]
    Plain()  # -> .Plain.__init__ [constructor]
