"""A deep copy runs the hooks of the object and of what it holds; a plain copy only its own."""

import copy


class Inner:
    def __setstate__(self, state):
        pass


class Outer:
    def __init__(self):
        self.inner = Inner()  # -> .Inner [constructor]

    def __deepcopy__(self, memo):
        return Outer()  # -> .Outer.__init__ [constructor]


class Plain:
    def __init__(self):
        self.inner = Inner()  # -> .Inner [constructor]

    def go(self):
        pass


def run():
    copy.deepcopy(Outer())  # -> .Outer.__deepcopy__ [method]; .Outer.__init__ [constructor]
    copy.deepcopy(Plain()).go()  # -> .Inner.__setstate__ [method]; .Plain.go [method]; .Plain.__init__ [constructor]
    copy.copy(Plain())  # -> .Plain.__init__ [constructor]
