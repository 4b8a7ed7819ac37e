"""A lambda's parameter is not the function's of the same name; its default is evaluated outside."""


class Thing:
    def go(self):
        return Other()  # -> .Other [constructor]


class Other:
    def went(self):
        pass


def run(thing: Thing):
    thing.go()  # -> .Thing.go [method]
    return lambda thing: thing.go()  # -> perhaps .run.<locals>.<lambda> [direct]; ? the parameter 'thing' may hold anything


def default(thing: Thing):
    return lambda thing=thing: thing.go()  # -> perhaps .default.<locals>.<lambda> [direct]; .Thing.go [method] | ? a caller may give anything


def result():
    step = lambda thing: thing.go()  # -> .Thing.go [method]
    step(Thing()).went()  # -> .result.<locals>.<lambda> [direct]; .Other.went [method]; .Thing [constructor]
