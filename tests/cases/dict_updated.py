"""A dictionary that is changed in straight-line code, in a branch, by others; keys of each kind."""


def a():
    pass


def b():
    pass


def c():
    pass


def straight():
    d = {"one": a}
    d["one"]()  # -> .a [direct]
    d["one"] = b
    d["one"]()  # -> .b [direct]
    d.update({"one": c})
    d["one"]()  # -> .c [direct]
    d.update(one=a)
    d["one"]()  # -> .a [direct]
    d["two"] = b
    d["one"]()  # -> .a [direct]


def nested():
    d = {"outer": {"one": a}}
    d["outer"]["one"] = b
    d["outer"]["one"]()  # -> .b [direct]


def in_branch(flag):
    d = {"one": a}
    if flag:
        d["one"] = b
    d["one"]()  # -> .a [direct] | .b [direct]


def in_loop(names):
    d = {"one": a}
    for name in names:
        d["one"]()  # -> .a [direct] | .b [direct]
        d["one"] = b


def handed_on(change):
    d = {"one": a}
    d["one"] = b
    change(d)  # -> ? the parameter 'change' may hold anything
    d["one"]()  # -> .a [direct] | .b [direct]


def by_kind_of_key():
    d = {1: a, "1": b}
    d[1]()  # -> .a [direct]
    d["1"]()  # -> .b [direct]


def united():
    d = {"one": a} | {"two": b}
    d["two"]()  # -> .b [direct]
    d |= {"two": c}
    d["two"]()  # -> .c [direct]


def made():
    dict(one=a, two=b)["one"]()  # -> .a [direct]
    dict([("one", a), ("two", b)])["two"]()  # -> .b [direct]
    dict.fromkeys(["one", "two"], c)["one"]()  # -> .c [direct]
    {**dict(one=a), "one": b}["one"]()  # -> .b [direct]


def added(key):
    d = {}
    d.setdefault("one", a)
    d["one"]()  # -> .a [direct]
    d.setdefault(key, b)
    d[key]()  # -> .a [direct] | .b [direct]


def gone_through():
    d = {"one": a, "two": b}
    for key in d:
        d[key]()  # -> .a [direct] | .b [direct]
    for key, value in d.items():
        value()  # -> .a [direct] | .b [direct]
    for value in d.values():
        value()  # -> .a [direct] | .b [direct]
