"""What other code may bind, or run later, sees every binding of a name; and what ends one."""


class A:
    def go(self):
        pass


class B:
    def go(self):
        pass

    def __iadd__(self, other):
        return other


def seen_from_inside():
    m = A()  # -> .A [constructor]

    def inner():
        m.go()  # -> .A.go [method] | .B.go [method]

    inner()  # -> .seen_from_inside.<locals>.inner [direct]
    m = B()  # -> .B [constructor]
    inner()  # -> .seen_from_inside.<locals>.inner [direct]


def bound_from_inside():
    m = A()  # -> .A [constructor]

    def inner():
        nonlocal m
        m = B()  # -> .B [constructor]

    m = A()  # -> .A [constructor]
    inner()  # -> .bound_from_inside.<locals>.inner [direct]
    m.go()  # -> .A.go [method] | .B.go [method]


def later(xs):
    m = A()  # -> .A [constructor]
    given = (m.go() for x in xs)  # -> .A.go [method] | .B.go [method]
    m = B()  # -> .B [constructor]
    call = lambda: m.go()  # -> .A.go [method] | .B.go [method]
    return list(given), call()  # -> .later.<locals>.<lambda> [direct]


def in_the_middle(x):
    m = A()  # -> .A [constructor]
    x and (m := B()) and m.go()  # -> .B [constructor]; .A.go [method] | .B.go [method]
    m.go()  # -> .A.go [method] | .B.go [method]


def updated(x):
    m = A()  # -> .A [constructor]
    m = B()  # -> .B [constructor]
    m += A()  # -> .B.__iadd__ [method]; .A [constructor]
    m.go()  # -> .A.go [method] | .B.go [method]


def deleted():
    m = A()  # -> .A [constructor]
    m = B()  # -> .B [constructor]
    m.go()  # -> .B.go [method]
    del m
    m = A()  # -> .A [constructor]
    m.go()  # -> .A.go [method]


current = None


def of_the_module():
    global current
    current = A()  # -> .A [constructor]
    current.go()  # -> .A.go [method] | .B.go [method]


def of_the_module_too():
    global current
    current = B()  # -> .B [constructor]


def promised(x):
    m: A = x
    m.go()  # -> .A.go [method]
    m = B()  # -> .B [constructor]
    m.go()  # -> .B.go [method]


def filled():
    found = []
    found.append(A())  # -> .A [constructor]
    found[0].go()  # -> .A.go [method]
    found = [B()]  # -> .B [constructor]
    found[0].go()  # -> .A.go [method] | .B.go [method]
