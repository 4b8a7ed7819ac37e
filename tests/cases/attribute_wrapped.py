"""A wrapper put in a method's place is its rival; one that closes over the object is left out."""


class Layer:
    def go(self):
        pass

    def stop(self):
        pass


def wrap_own(layer):
    before = layer.go

    def wrapped():
        note()
        return before()

    return wrapped


def wrap(function):
    def wrapped():
        note()  # -> .note [direct]
        return function()  # -> .Layer.stop [method]

    return wrapped


def note():
    pass


def run():
    layer = Layer()  # -> .Layer [constructor]
    layer.go = wrap_own(layer)  # -> .wrap_own [direct]
    layer.stop = wrap(layer.stop)  # -> .wrap [direct]
    layer.go()  # -> .Layer.go [method]
    layer.stop()  # -> .Layer.stop [method] | .wrap.<locals>.wrapped [direct]
