from . import circle_one


def second():
    return circle_one.first()
