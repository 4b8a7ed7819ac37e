"""A function set on a class while the code runs is a method of its objects from then on."""


class Module:
    def go(self):
        pass


class Layer(Module):
    def go(self):
        pass


class Almost:
    def go(self):
        pass


def apply(self, function):
    function()  # -> .step [direct]


def faster(self):
    pass


def step():
    pass


def set_up(thing):
    if not hasattr(Module, "apply"):
        setattr(Module, "apply", apply)
    Layer.go = faster
    setattr(thing, "ready", step)


def run():
    layer, other = Layer(), Almost()  # -> .Layer [constructor]; .Almost [constructor]
    set_up(layer)  # -> .set_up [direct]
    layer.apply(step)  # -> .apply [method]
    getattr(layer, "apply")(step)  # -> .apply [method]
    Module.apply(layer, step)  # -> .apply [direct]
    layer.go()  # -> .Layer.go [method] | .faster [method]
    layer.ready()  # -> .step [direct]
    other.go()  # -> .Almost.go [method]
    other.apply()  # -> ? no 'apply' is ever set
