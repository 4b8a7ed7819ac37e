"""In a diamond `super()` goes to the sibling, by C3, and not to the base."""


class Base:
    def _go(self):
        pass


class Left(Base):
    def _go(self):
        super()._go()  # -> .Right._go [super]


class Right(Base):
    def _go(self):
        super()._go()  # -> .Base._go [super]


class Both(Left, Right):
    def _go(self):
        super()._go()  # -> .Left._go [super]


def run():
    Both()._go()  # -> .Both [constructor]; .Both._go [method]
