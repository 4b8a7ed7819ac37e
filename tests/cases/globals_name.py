"""`globals()[name]` is what has this name, for every name that the text tells."""


def a():
    pass


def b():
    pass


def made_a():
    pass


def made_b():
    pass


def run(asked):
    globals()["a"]()  # -> .a [direct]
    for name in ("a", "b"):
        globals()[name]()  # -> .a [direct] | .b [direct]
        globals()["made_" + name]()  # -> .made_a [direct] | .made_b [direct]
        globals()[f"made_{name}"]()  # -> .made_a [direct] | .made_b [direct]
        globals()[f"{asked}_{name}"]()  # -> ? the name that is looked up in cases.globals_name is made when it runs
    globals()[asked]()  # -> ? the name that is looked up in cases.globals_name is made when it runs


def almost():
    {"a": b}["a"]()  # -> .b [direct]
