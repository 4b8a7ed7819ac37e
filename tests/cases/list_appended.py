"""What is appended to a list that was empty."""


def a():
    pass


def run():
    steps = []
    steps.append(a)
    for step in steps:
        step()  # -> ? what is in the container is not known
