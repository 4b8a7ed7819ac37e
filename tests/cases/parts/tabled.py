"""A function that goes into another module's table."""

from .table import part


@part("tabled")
def tabled():
    pass


def almost():
    pass
