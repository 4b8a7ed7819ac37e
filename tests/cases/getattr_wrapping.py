"""An object that forwards what it lacks to the object inside, calls and all."""


class Inner:
    def __init__(self, size):
        self.size = size

    def go(self, thing):
        return thing


class Thing:
    def act(self):
        pass


class Proxy:
    def __init__(self, target):
        self._target = target

    def __getattr__(self, name):
        found = getattr(self._target, name)
        if callable(found):

            def call(*args, **kwargs):
                return found(*args, **kwargs)  # -> .Inner.go [method]

            return call
        return found

    def own(self):
        return self.go(Thing())  # -> .Proxy.__getattr__ [method]; .Proxy.__getattr__.<locals>.call [direct] | .Inner.go [method]; .Thing [constructor]


class Strict:
    def __getattribute__(self, name):
        return object.__getattribute__(self, name)  # -> builtins.object.__getattribute__ [external]

    def go(self):
        pass


def run():
    Proxy(Inner(1)).own()  # -> .Proxy.__init__ [constructor]; .Proxy.own [method]; .Inner.__init__ [constructor]


def almost():
    Strict().go()  # -> .Strict [constructor]; .Strict.__getattribute__ [method]; .Strict.go [method]
