"""A method defined in each branch of a class body: rivals, a constructor too."""

import sys


class A:
    if sys.platform == "win32":

        def __init__(self):
            pass

        def run(self):
            pass

    else:

        def __init__(self):
            pass

        def run(self):
            pass

    def walk(self):
        pass


def start():
    a = A()  # -> .A.__init__ [constructor] | .A.__init__~2 [constructor]
    a.run()  # -> .A.run [method] | .A.run~2 [method]
    a.walk()  # -> .A.walk [method]
