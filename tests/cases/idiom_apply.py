"""A method of a class that ends in others of the class: an idiom names them."""

import tinynet


class Double(tinynet.Function):
    @staticmethod
    def forward(context, thing):
        thing.go()  # -> .Thing.go [method]
        return thing

    @staticmethod
    def backward(context, gradient):
        helper()  # -> .helper [direct]


class Almost:
    @classmethod
    def apply(cls):
        pass

    def forward(self):
        pass


class Thing:
    def go(self):
        pass


def helper():
    pass


def run():
    Double.apply(Thing()).go()  # -> .Double.backward [method] & .Double.forward [method] & tinynet.Function.apply [method]; .Thing.go [method]; .Thing [constructor]
    Almost.apply()  # -> .Almost.apply [method]
