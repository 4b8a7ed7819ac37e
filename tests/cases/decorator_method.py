"""A wrapped method: the wrapper gets `self`, as a parameter of its own or among the others."""


def timed(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)  # -> .Thing.go [direct] | .Thing.make [direct]

    return wrapper


def guarded(function):
    def guard(self, other):
        self.check()  # -> .Thing.check [method]
        return function(self, other)  # -> .Thing.join [direct]

    return guard


class Thing:
    @timed
    def go(self):
        self.check()  # -> .Thing.check [method]
        return self

    @guarded
    def join(self, other):
        other.run()  # -> .Other.run [method]

    @classmethod
    @timed
    def make(cls):
        return cls()  # -> .Thing [constructor]

    def check(self):
        pass

    def almost(self):
        self.check()  # -> .Thing.check [method]


class Other:
    def run(self):
        pass


def run():
    thing = Thing()  # -> .Thing [constructor]
    thing.go().check()  # -> .Thing.go [method] & .timed.<locals>.wrapper [decorator]; .Thing.check [method]
    thing.join(Other())  # -> .Thing.join [method] & .guarded.<locals>.guard [decorator]; .Other [constructor]
    Thing.make().check()  # -> .Thing.make [method] & .timed.<locals>.wrapper [decorator]; .Thing.check [method]
    thing.almost()  # -> .Thing.almost [method]
