"""`__getattr__` with an annotation: it promises something of any name, which is no value of one."""

import tinynet


class Base:
    def __getattr__(self, name: str) -> "tinynet.Linear | Inner":
        found = self.__dict__["parts"]
        if name in found:
            return found[name]
        raise AttributeError(name)


class Inner:
    def run(self):
        pass


class Owner(Base):
    def __init__(self):
        self.inner = Inner()  # -> .Inner [constructor]

    def go(self):
        self.inner.run()  # -> .Inner.run [method]
        self.width.run()  # -> .Base.__getattr__ [method]; ? no 'width' is ever set on
        self.parts.head(1)  # -> .Base.__getattr__ [method]; ? no 'parts' is ever set on


class Forwarding:
    def __init__(self):
        self.inner = Inner()  # -> .Inner [constructor]

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def go(self):
        self.run()  # -> .Forwarding.__getattr__ [method]; .Inner.run [method]
