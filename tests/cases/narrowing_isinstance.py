"""In the branch of `isinstance`, and behind one that leaves, only some objects are left."""


class A:
    def go(self):
        pass


class B:
    def go(self):
        pass


def one(fast):
    return A() if fast else B()  # -> .A [constructor] if fast; .B [constructor] if fast


def branches(fast):
    thing = one(fast)  # -> .one [direct]
    if isinstance(thing, A):
        thing.go()  # -> .A.go [method] if isinstance(thing, A)
    else:
        thing.go()  # -> .B.go [method] if isinstance(thing, A)
    thing.go()  # -> .A.go [method] | .B.go [method]


def leaves(fast):
    thing = one(fast)  # -> .one [direct]
    if not isinstance(thing, A):
        return
    thing.go()  # -> .A.go [method]


def assigned(fast):
    thing = one(fast)  # -> .one [direct]
    if isinstance(thing, A):
        thing = one(fast)  # -> .one [direct] if isinstance(thing, A)
        thing.go()  # -> .A.go [method] if isinstance(thing, A) | .B.go [method] if isinstance(thing, A)


def unknown(thing):
    if isinstance(thing, A):
        thing.go()  # -> .A.go [method] if isinstance(thing, A)
    thing.go()  # -> ? the parameter 'thing' may hold anything
