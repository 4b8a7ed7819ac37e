"""A lambda's parameter is not the function's of the same name."""


class Thing:
    def go(self):
        pass


def run(thing: Thing):
    thing.go()  # -> .Thing.go [method]
    return lambda thing: thing.go()  # -> ? it is a parameter of a lambda
