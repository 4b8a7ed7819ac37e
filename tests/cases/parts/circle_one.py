from .circle_two import second


def first():
    return second()
