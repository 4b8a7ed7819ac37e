"""A definition in each branch: rivals; one only under `if`: the only one there is."""

import sys

if sys.platform == "win32":

    def separator():
        return "\\"

    def only_here():
        pass

else:

    def separator():
        return "/"


def two():
    separator()  # -> .separator [direct] | .separator~2 [direct]


def one():
    only_here()  # -> .only_here [direct]
