"""A part of tinynet that only asks its driver, with one corner that is worth reading."""


class Card:
    def name(self):
        return _ask("name")


def card():
    _ask("card")
    return Card()


def count():
    return len(_ask("count"))


def corner_of_it():
    _ask("corner")


def _ask(what):
    return [what]
