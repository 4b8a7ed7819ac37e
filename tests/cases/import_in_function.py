"""An import in a function is of that function only."""


def inside():
    from .parts.shapes import area

    area(1)  # -> cases.parts.shapes.area [direct]


def beside():
    area(1)  # -> ? has no name 'area'
