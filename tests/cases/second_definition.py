"""A second definition of a name, not in another branch, replaces the first."""


def _step():
    first()


def _step():
    second()  # -> .second [direct]


def first():
    pass


def second():
    pass


def run():
    _step()  # -> ._step~2 [direct]
