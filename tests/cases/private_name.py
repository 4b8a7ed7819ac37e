"""Names with two underscores belong to the class whose code writes them; other ones are shared."""


class Base:
    def __init__(self):
        self.__kept = Left()  # -> .Left [constructor]
        self._shared = Left()  # -> .Left [constructor]

    def run(self):
        self.__step()  # -> .Base.__step [method]
        self._open()  # -> .Base._open [method] | .Derived._open [method]
        self.__kept.go()  # -> .Left.go [method]
        self._shared.go()  # -> .Left.go [method] | .Right.go [method]
        self.__value  # -> .Base.__value [property]
        self.__dunder__()  # -> .Base.__dunder__ [method] | .Derived.__dunder__ [method]

    def __step(self):
        pass

    def _open(self):
        pass

    @property
    def __value(self):
        pass

    def __dunder__(self):
        pass


class Derived(Base):
    def __init__(self):
        super().__init__()  # -> .Base.__init__ [super]
        self.__kept = Right()  # -> .Right [constructor]
        self._shared = Right()  # -> .Right [constructor]

    def __step(self):
        self.__kept.go()  # -> .Right.go [method]

    def _open(self):
        self.__step()  # -> .Derived.__step [method]
        self._Base__step()  # -> .Base.__step [method]

    def __dunder__(self):
        pass


class Left:
    def go(self):
        pass


class Right:
    def go(self):
        pass


def run():
    derived = Derived()  # -> .Derived.__init__ [constructor]
    derived.run()  # -> .Base.run [method]
    derived.__step()  # -> ? no '__step' is ever set
