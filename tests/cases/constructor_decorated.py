"""A decorated `__init__`: the wrapper runs around it, and what both set on `self` is known."""

import functools


def registered(init):
    @functools.wraps(init)
    def inner_init(self, *args, **kwargs):
        note(kwargs)  # -> .note [direct]
        self.tool = Tool()  # -> .Tool [constructor]
        init(self, *args, **kwargs)  # -> .Net.__init__ [direct] | .Sub.__init__ [direct]

    return inner_init


def note(values):
    pass


class Tool:
    def go(self):
        pass


class Part:
    def go(self):
        pass


class Net:
    @registered
    def __init__(self, part=None):
        self.part = part
        self.own = Part()  # -> .Part [constructor]

    def run(self):
        self.part.go()  # -> .Tool.go [method]
        self.own.go()  # -> .Part.go [method]
        self.tool.go()  # -> .Tool.go [method]


class Sub(Net):
    @registered
    def __init__(self, part):
        super().__init__(part)  # -> .Net.__init__ [super] & .registered.<locals>.inner_init [decorator]

    def go(self):
        self.own.go()  # -> .Part.go [method]


class Plain(Net):
    pass


def run():
    net = Net(Tool())  # -> .Net.__init__ [constructor] & .registered.<locals>.inner_init [decorator]; .Tool [constructor]
    net.run()  # -> .Net.run [method]
    Plain(part=Tool()).run()  # -> .Net.__init__ [constructor] & .registered.<locals>.inner_init [decorator]; .Net.run [method]; .Tool [constructor]
    Sub(Tool()).go()  # -> .Sub.__init__ [constructor] & .registered.<locals>.inner_init [decorator]; .Sub.go [method]; .Tool [constructor]
