"""What scripts in this folder share."""


def renamed(name):
    from tinyllm.names import NAMES

    return NAMES.get(name, name)
