"""Setting an attribute runs the class's `__setattr__`, deleting one `__delattr__`."""


class Hooked:
    def __setattr__(self, name, value):
        super().__setattr__(name, value)

    def __delattr__(self, name):
        pass


class Plain:
    def set(self):
        self.x = 1


def run():
    hooked = Hooked()  # -> .Hooked [constructor]
    hooked.x = 1  # -> .Hooked.__setattr__ [method]
    del hooked.x  # -> .Hooked.__delattr__ [method]
    hooked.x, hooked.y = 1, 2  # -> .Hooked.__setattr__ [method]; .Hooked.__setattr__ [method]


def almost():
    plain = Plain()  # -> .Plain [constructor]
    plain.x = 1
    del plain.x
