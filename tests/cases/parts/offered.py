"""Many small classes, and the table that names them."""


class Gelu:
    def go(self):
        pass


class Relu:
    def go(self):
        pass


class Elu:
    def go(self):
        pass


class Selu:
    def go(self):
        pass


class Celu:
    def go(self):
        pass


class Silu:
    def go(self):
        pass


class Mish:
    def go(self):
        pass


class Tanh:
    def go(self):
        pass


class Sigmoid:
    def go(self):
        pass


class Softsign:
    def go(self):
        pass


class Softplus:
    def go(self):
        pass


class Hardtanh:
    def go(self):
        pass


class Hardswish:
    def go(self):
        pass


class Identity:
    def go(self):
        pass


ACTS = dict(
    gelu=Gelu,
    relu=Relu,
    elu=Elu,
    selu=Selu,
    celu=Celu,
    silu=Silu,
    mish=Mish,
    tanh=Tanh,
    sigmoid=Sigmoid,
    softsign=Softsign,
    softplus=Softplus,
    hardtanh=Hardtanh,
    hardswish=Hardswish,
    identity=Identity,
)
