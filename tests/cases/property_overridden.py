"""A subclass's plain attribute hides the base's property."""


class Part:
    def run(self):
        pass


class Base:
    @property
    def part(self):
        return None


class Child(Base):
    part = Part()

    def run(self):
        self.part.run()  # -> .Part.run [method]
