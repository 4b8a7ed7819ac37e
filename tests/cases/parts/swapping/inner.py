"""Its import sets it on the object that stands in its package's place."""


def area(side):
    return side * side
