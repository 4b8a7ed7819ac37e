"""`and`, `or`, conditional expressions and comprehensions narrow too."""


class A:
    def go(self):
        pass


class B:
    def go(self):
        pass


def run(fast):
    thing = A() if fast else B()  # -> .A [constructor] if fast; .B [constructor] if fast
    isinstance(thing, A) and thing.go()  # -> .A.go [method]
    isinstance(thing, A) or thing.go()  # -> .B.go [method]
    thing.go() if isinstance(thing, B) else None  # -> .B.go [method] if isinstance(thing, B)
    return [each.go() for each in (A(), B()) if isinstance(each, A)]  # -> .A.go [method]; .A [constructor]; .B [constructor]
