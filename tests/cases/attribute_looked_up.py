"""A class's own `__getattribute__` that asks its base's: a property runs in there, not outside."""


class Base:
    def __getattribute__(self, name):
        return object.__getattribute__(self, name)  # -> builtins.object.__getattribute__ [external] & .Settings.size [property] | .Settings.width [property]

    def __setattr__(self, name, value):
        super().__setattr__(name, value)  # -> builtins.super [external]; builtins.object.__setattr__ [external] & .Settings.width@setter [property]


class Settings(Base):
    @property
    def size(self):
        return 1

    @property
    def width(self):
        return 2

    @width.setter
    def width(self, value):
        pass

    @property
    def unread(self):
        return 3

    def plain(self):
        pass


class Almost:
    def __getattribute__(self, name):
        return table[name]

    @property
    def size(self):
        return 1


table = {}


def run():
    settings = Settings()  # -> .Settings [constructor]
    print(settings.size)  # -> .Base.__getattribute__ [method]
    print(settings.width)  # -> .Base.__getattribute__ [method]
    settings.width = 4  # -> .Base.__setattr__ [method]
    settings.plain()  # -> .Base.__getattribute__ [method]; .Settings.plain [method]


def almost():
    print(Almost().size)  # -> .Almost [constructor]; .Almost.__getattribute__ [method] & .Almost.size [property]
