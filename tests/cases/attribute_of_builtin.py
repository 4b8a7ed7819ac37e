"""Attributes of Python's own classes: those that they have, and one that none of them has."""


def run(numbers):
    seen = set()
    seen.add(1)  # -> builtins.set.add [external]
    seen.append(1)  # -> builtins.list.append [external]
    found = {}
    found.move_to_end(1)  # -> collections.OrderedDict.move_to_end [external]
    text = "a"
    text.upper()  # -> builtins.str.upper [external]
    text.tensor()  # -> ? str objects have no attribute 'tensor'
    for part in seen:
        part.tensor.size()  # -> ? int objects have no attribute 'tensor'
    seen = [part.tensor for part in seen]
