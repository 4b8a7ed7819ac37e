"""The same class outside the diamond: its own base is next."""


class Base:
    def go(self):
        pass


class Left(Base):
    def go(self):
        super().go()  # -> .Base.go [super]


class Right(Base):
    def go(self):
        pass
