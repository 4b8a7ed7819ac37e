"""Class attributes hold objects and classes; an instance's own stands beside the class's."""


class Part:
    def run(self):
        pass


class Other:
    def run(self):
        pass


class Whole:
    part = Part()
    kind = Part
    own = Part()

    def __init__(self):
        self.own = Other()  # -> .Other [constructor]

    def run(self):
        self.part.run()  # -> .Part.run [method]
        self.kind().run()  # -> .Part [constructor]; .Part.run [method]
        Whole.part.run()  # -> .Part.run [method]
