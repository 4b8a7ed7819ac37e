"""Hooks of attribute access that an idiom calls quiet are recorded apart; others are edges."""

import tinynet


class Quiet(tinynet.Hooked):
    def __init__(self):
        self.module = tinynet.Identity()  # -> tinynet.Identity [constructor]
        self.number = 1

    def run(self):
        self.module(self.number)  # -> tinynet.Identity.forward [forward]


class Loud:
    def __setattr__(self, name, value):
        pass

    def run(self):
        self.number = 1  # -> .Loud.__setattr__ [method]


def run():
    Quiet().run()  # -> .Quiet.__init__ [constructor]; .Quiet.run [method]
    Loud().run()  # -> .Loud [constructor]; .Loud.run [method]
