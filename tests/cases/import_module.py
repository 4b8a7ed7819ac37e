"""`import a.b.c` binds `a`; with `as` it binds the last part."""

import cases.parts.shapes
import cases.parts.shapes as figures


def whole():
    cases.parts.shapes.area(1)  # -> cases.parts.shapes.area [direct]


def alias():
    figures.area(1)  # -> cases.parts.shapes.area [direct]


def not_bound():
    parts.shapes.area(1)  # -> ? has no name 'parts'
