"""Assigning to a property runs its setter; `+=` reads no method of another object."""


class Thing:
    @property
    def value(self):
        return 1

    @value.setter
    def value(self, new):
        self.kept = new

    @property
    def fixed(self):
        return 2


def run():
    thing = Thing()  # -> .Thing [constructor]
    thing.value = 3  # -> .Thing.value@setter [property]
    del thing.kept
    return thing.fixed  # -> .Thing.fixed [property]
