"""`globals()[name] = …`, for a constant name and in a loop over another module's names."""

from .parts import injected


def run():
    injected.area(1)  # -> cases.parts.shapes.area [direct]
    injected.renamed(1)  # -> cases.parts.shapes.area [direct]
    injected.other(1)  # -> ? cases.parts.injected has no name 'other'
