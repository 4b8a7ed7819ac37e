"""A decorator of classes that gives a subclass made inside it, the class itself, or a function."""


def extended(cls):
    class Extended(cls):
        def __init__(self, *args):
            super().__init__(*args)  # -> .First.__init__ [super] | .Second.__init__ [super]

        def go(self):
            return super().go()  # -> .First.go [super] | .Second.go [super]

    return Extended


def marked(cls):
    cls.mark = True
    return cls


def single(cls):
    made = None

    def instance():
        nonlocal made
        if made is None:
            made = cls()  # -> .Only [constructor] if made is None
        return made

    return instance


@extended
class First:
    def __init__(self, size):
        self.size = size

    def go(self):
        self.more()  # -> .First.more [method]

    def more(self):
        pass


@extended
class Second:
    def __init__(self, size):
        self.size = size

    def go(self):
        pass


@marked
class Almost:
    def go(self):
        pass


@single
class Only:
    def go(self):
        pass


def use(only: Only):
    only.go()  # -> .Only.go [method]


def run():
    First(1).go()  # -> .extended.<locals>.Extended.__init__ [constructor]; .extended.<locals>.Extended.go [method]
    First(1).more()  # -> .extended.<locals>.Extended.__init__ [constructor]; .First.more [method]
    Second(1).go()  # -> .extended.<locals>.Extended.__init__ [constructor]; .extended.<locals>.Extended.go [method]
    Almost().go()  # -> .Almost [constructor]; .Almost.go [method]
    Only().go()  # -> .single.<locals>.instance [direct]; .Only.go [method]
