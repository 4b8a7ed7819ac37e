"""A lambda's parameter is not the function's of the same name; its default is evaluated outside."""


class Thing:
    def go(self):
        return Other()  # -> .Other [constructor]


class Other:
    def went(self):
        pass


def run(thing: Thing):
    thing.go()  # -> .Thing.go [method]
    return lambda thing: thing.go()  # -> ? it is a parameter of a lambda


def default(thing: Thing):
    return lambda thing=thing: thing.go()  # -> .Thing.go [method]


def result():
    step = lambda thing: thing.go()  # -> ? it is a parameter of a lambda
    step(Thing()).went()  # -> ? it is a lambda; .Other.went [method]; .Thing [constructor]
