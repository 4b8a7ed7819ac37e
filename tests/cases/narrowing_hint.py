"""A parameter that an entry leaves open may be what `isinstance` tests it for."""


class Relu:
    def __call__(self):
        pass


class Other:
    def __call__(self):
        pass


def relu():
    pass


def outer(activation=relu):
    inner(activation)  # -> .inner [direct]


def inner(activation):
    if isinstance(activation, Relu):
        pass
    activation()  # -> .Relu.__call__ [method] | .relu [direct] | ? a caller may give anything


def closed():
    known(relu)  # -> .known [direct]


def known(activation):
    if isinstance(activation, Other):
        pass
    activation()  # -> .relu [direct]
