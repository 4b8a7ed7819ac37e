"""Reading a property runs it, and gives what it returns; a method read without a call does not."""


class Part:
    def run(self):
        pass


class Whole:
    @property
    def part(self):
        return Part()  # -> .Part [constructor]

    def method(self):
        return Part()  # -> .Part [constructor]

    def run(self):
        self.part.run()  # -> .Whole.part [property]; .Part.run [method]
        return self.method
