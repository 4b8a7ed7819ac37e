"""A module's own `print` is not Python's; a parameter named like a function is not it."""


def print(text):
    pass


def run():
    print("x")  # -> .print [direct]
    len("x")  # -> builtins.len [external]


def parameter(print):
    print("x")  # -> ? the parameter 'print' may hold anything
