"""`__getattr__` runs for what is set nowhere; for what is set it does not."""


class Lazy:
    def __init__(self):
        self.here = 1

    def __getattr__(self, name):
        return name


def run():
    lazy = Lazy()  # -> .Lazy.__init__ [constructor]
    hasattr(lazy, "there")  # -> .Lazy.__getattr__ [method]
    return lazy.there  # -> .Lazy.__getattr__ [method]


def almost():
    lazy = Lazy()  # -> .Lazy.__init__ [constructor]
    hasattr(lazy, "here")
    return lazy.here
