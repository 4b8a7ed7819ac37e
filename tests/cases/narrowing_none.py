"""`is None` takes None away; what is assigned in the branch stays."""


class A:
    def go(self):
        pass


def run(thing=None):
    if thing is None:
        thing = A()  # -> .A [constructor] if thing is None
    thing.go()  # -> .A.go [method] | ? a caller may give anything


def guarded(fast):
    thing = A() if fast else None  # -> .A [constructor] if fast
    if thing is None:
        return
    thing.go()  # -> .A.go [method]


def almost(fast):
    thing = None
    if thing is not None:
        thing.go()  # -> ? it is None as far as is known
