"""An operator called by its name runs the function that is registered for it, where one is."""

from tinynet.operators import Library, custom, operators, register_fake


class Thing:
    def go(self):
        pass


@custom("mine::doubled")
def doubled(x):
    return Thing()  # -> .Thing [constructor]


@doubled.register_fake
def _(x):
    return x


def tripled(x):
    helper()  # -> .helper [direct]


def tripled_fake(x):
    pass


def helper():
    pass


def on_one(x):
    pass


def on_another(x):
    pass


custom("mine::tripled", tripled)
register_fake("mine::tripled", tripled_fake)

library = Library("mine", "DEF")
library.define("placed(Tensor x) -> Tensor")
library.impl("placed", on_one, "CPU")
library.impl("placed", on_another, "CUDA")


def run(x):
    operators.mine.doubled(x).go()  # -> .doubled [direct] & perhaps ._ [direct]; .Thing.go [method]
    operators.mine.tripled(x)  # -> .tripled [direct] & perhaps .tripled_fake [direct]
    operators.mine.tripled.default(x)  # -> .tripled [direct] & perhaps .tripled_fake [direct]
    operators.mine.placed(x)  # -> .on_another [direct] | .on_one [direct]
