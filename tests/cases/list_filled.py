"""What is appended, added or extended is in the list; what another list gets is not."""


def a():
    pass


def b():
    pass


def c():
    pass


def run():
    steps = [a]
    others = []
    steps.append(b)
    others.extend([c])
    for step in steps:
        step()  # -> .a [direct] | .b [direct]
    for other in others:
        other()  # -> .c [direct]


class Holder:
    def __init__(self):
        self.steps = []
        self.other = []
        self.steps.append(a)

    def add(self):
        self.steps.append(b)
        self.other.append(c)

    def run(self):
        for step in self.steps:
            step()  # -> .a [direct] | .b [direct]
