"""Kernels: a decorator compiles a function for another device, a subscript launches it there."""

from unread import cdiv, compiled, language, tuned


def act(value):
    return value.to(1)  # -> ? the parameter 'value' may hold anything


@compiled
def half(x_ptr, n, f: language.constexpr):
    value = language.load(x_ptr)  # -> unread.language.load [external]
    f(value)  # -> perhaps .act [direct]
    value.to(1)  # -> unread.language.tensor.to [external]
    third(value)  # -> .third [direct]


@compiled(debug=True)
def third(value):
    return value.to(2)  # -> unread.language.tensor.to [external]


@tuned(configs=[1, 2], key=["n"])
@compiled
def quarter(x_ptr, n):
    pass


def fifth(x_ptr):
    pass


by_hand = compiled(fifth)
tuned_by_hand = tuned(key=["n"])(compiled(fifth))
KERNELS = {"half": half, "third": third}


def plain(x):
    pass


class Almost:
    def __class_getitem__(cls, grid):
        return cls

    def __init__(self, x):
        pass


def run(x):
    half[(1, 2)](x, 3, f=act)  # -> .half [direct]
    half[lambda meta: (cdiv(x),)](x, 3, act)  # -> .half [direct]; perhaps .run.<locals>.<lambda> [direct]; unread.cdiv [external]
    quarter[1](x, 3)  # -> .quarter [direct]
    quarter.run(x, 3, grid=1)  # -> .quarter [direct]
    quarter.fn[1](x, 3)  # -> .quarter [direct]
    by_hand[1](x)  # -> .fifth [direct]
    tuned_by_hand[1](x)  # -> .fifth [direct]
    launch = quarter[1]
    launch(x, 3)  # -> .quarter [direct]
    KERNELS["third"][1](x)  # -> .third [direct]
    third(x)  # -> .third [direct]


def almost(x):
    plain[1](x)  # -> ? what is in the container is not known
    Almost[1](x)  # -> .Almost.__class_getitem__ [method]; .Almost.__init__ [constructor]
