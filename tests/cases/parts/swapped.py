import sys

from . import shapes


class Door:
    def __getattr__(self, name):
        return getattr(shapes, name)


def own():
    pass


sys.modules[__name__] = Door()
