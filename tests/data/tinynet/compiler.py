def compiled(function):
    return optimise(function)


def optimise(function):
    return function


class Traced:
    def __init__(self, function):
        self.function = function

    def go(self):
        optimise(self.function)
