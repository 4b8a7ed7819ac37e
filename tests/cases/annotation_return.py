"""A return annotation tells where the body does not; an annotated attribute likewise."""


class A:
    def run(self):
        pass


class Holder:
    part: A

    def __init__(self, part):
        self.other: A = part

    def run(self):
        self.part.run()  # -> .A.run [method]
        self.other.run()  # -> .A.run [method]


def made(text) -> A:
    return text.thing


def run():
    made("x").run()  # -> .made [direct]; .A.run [method]
