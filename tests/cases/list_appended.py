"""What is appended to a list that was empty."""


def a():
    pass


def run():
    steps = []
    steps.append(a)
    for step in steps:
        step()  # -> .a [direct]
