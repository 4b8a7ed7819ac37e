"""Pairs of axes; importing this counts itself."""

IMPORTED = []
IMPORTED.append(1)


def swapped(a, b):
    return (a, b)
