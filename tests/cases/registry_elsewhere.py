"""A table that modules beside it fill when they are imported."""

from .parts.table import PARTS


def run():
    PARTS["tabled"]()  # -> cases.parts.tabled.tabled [direct]
    PARTS["almost"]()  # -> cases.parts.tabled.tabled [direct]
