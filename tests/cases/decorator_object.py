"""A decorator that is a class: its object stands for the function, and `__call__` calls that."""


class Counted:
    def __init__(self, function):
        self.function = function
        self.count = 0

    def __call__(self, *args):
        return self.function(*args)  # -> .step [direct]

    def reset(self):
        pass


class Registered:
    names = []

    def __init__(self, name):
        self.name = name

    def __call__(self, function):
        self.names.append(self.name)  # -> builtins.list.append [external]
        return function


@Counted
def step():
    pass


@Registered("almost")
def almost():
    pass


def run():
    step()  # -> .step [direct] & .Counted.__call__ [decorator]
    step.reset()  # -> .Counted.reset [method]
    almost()  # -> .almost [direct]
