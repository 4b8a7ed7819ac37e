"""A class decorator that puts functions into the class: they run, not what the text shows."""

from tinynet import Module


def faster(cls):
    slow = cls.forward

    def forward(self, x):
        return slow(self, x)  # -> .Called.forward [direct] | .Late.forward [direct]

    cls.forward = forward
    return cls


def replaced(cls=None, *, kind="fast"):
    def change(cls):
        cls.forward = fast
        return cls

    if cls is not None:
        return change(cls)  # -> .replaced.<locals>.change [direct] if cls is not None
    return change


def by_name(cls):
    setattr(cls, "forward", fast)
    return cls


def sometimes(flag):
    def change(cls):
        if flag:
            cls.forward = fast
        return cls

    return change


def with_init(cls):
    original = cls.__init__

    def __init__(self, *args, **kwargs):
        original(self, *args, **kwargs)  # -> .Made.__init__ [direct]
        self.extra = Part()  # -> .Part [constructor]

    cls.__init__ = __init__
    cls.added = fast
    return cls


def described(cls):
    cls.__doc__ = "text"
    return cls


def fast(self, x):
    return x


class Part:
    def go(self):
        pass


@faster
class Called(Module):
    def forward(self, x):
        return x


@replaced
class Bare(Module):
    def forward(self, x):
        return x


@replaced(kind="other")
class Asked(Module):
    def forward(self, x):
        return x


@by_name
class Named(Module):
    def forward(self, x):
        return x


@sometimes(True)
class Perhaps(Module):
    def forward(self, x):
        return x


@with_init
class Made(Module):
    def __init__(self, part):
        self.part = part

    def forward(self, x):
        self.part.go()  # -> .Part.go [method]
        self.extra.go()  # -> .Part.go [method]
        return self.added(x)  # -> .fast [method]


@described
class Told(Module):
    def forward(self, x):
        return x


@faster
@described
class Late(Module):
    def forward(self, x):
        return x


class Derived(Bare):
    def forward(self, x):
        return super().forward(x)  # -> .fast [super]


def run(x):
    Called()(x)  # -> .Called [constructor]; .faster.<locals>.forward [forward]
    Bare()(x)  # -> .Bare [constructor]; .fast [forward]
    Asked()(x)  # -> .Asked [constructor]; .fast [forward]
    Named()(x)  # -> .Named [constructor]; .fast [forward]
    Perhaps()(x)  # -> .Perhaps [constructor]; .Perhaps.forward [forward] | .fast [forward]
    Made(Part())(x)  # -> .Made.__init__ [constructor] & .with_init.<locals>.__init__ [decorator]; .Made.forward [forward]; .Part [constructor]
    Told()(x)  # -> .Told [constructor]; .Told.forward [forward]
    Late()(x)  # -> .Late [constructor]; .faster.<locals>.forward [forward]
    Derived()(x)  # -> .Derived [constructor]; .Derived.forward [forward]
    Bare().forward(x)  # -> .Bare [constructor]; .fast [method]
    Called.forward(Called(), x)  # -> .faster.<locals>.forward [direct]; .Called [constructor]
