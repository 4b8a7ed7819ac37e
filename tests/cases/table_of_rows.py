"""Rows that say by a text what to make, as configurations of models do: by places, and cut out."""

import tinynet
from tinynet import Identity


def one():
    pass


def two():
    pass


ROWS = [[-1, "one", [4]], [[-1, 2], "own.two", []], [3, "one", []]]
KINDS = [[8, "tinynet.Identity", []], [8, "tinynet.Linear", [1]]]
LONE = [[1, "own.two"]]


def run(rows):
    for _, name, _ in rows:
        name = name[4:] if name.startswith("own.") else name
        globals()[name]()  # -> .one [direct] | .two [direct]
    for _, name in LONE:
        globals()[name[-3:]]()  # -> .two [direct]
        globals()[name[::2]]()  # -> ? no name


def made(kinds=KINDS):
    parts = []
    for size, kind, arguments in kinds:
        parts.append(getattr(tinynet, kind[8:])(*arguments))  # -> tinynet.Identity [constructor] | tinynet.Linear.__init__ [constructor] | ? the name that is looked up in tinynet is made
    return parts


def either(asked, flag):
    name = asked if flag else "one"
    globals()[name]()  # -> .one [direct] | ? the name that is looked up in cases.table_of_rows is made when it runs
    globals()[name[:flag]]()  # -> ? is made when it runs


def main(x):
    run(ROWS)  # -> .run [direct]
    for part in made():  # -> .made [direct]
        part(x)  # -> tinynet.Identity.forward [forward] | tinynet.Linear.forward [forward]
