"""An object's `__dict__` holds what shows when it runs; a dictionary of its own is known."""


class Settings:
    def __init__(self):
        self.steps = {"start": start}

    def run(self):
        for name, value in self.__dict__.items():  # -> builtins.dict.items [external]
            value()  # -> ? which attributes an object's __dict__ has shows when it runs
        for name, step in self.steps.items():  # -> builtins.dict.items [external]
            step()  # -> .start [direct]


def start():
    pass
