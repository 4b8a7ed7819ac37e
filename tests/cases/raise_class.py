"""`raise Class` without parentheses makes an object all the same; an object is raised as it is."""


class Failed(Exception):
    def __init__(self, text="failed"):
        note(text)  # -> .note [direct]


class Plain(Exception):
    pass


class Held:
    error = Failed


def note(text):
    return text


def by_name():
    raise Failed  # -> .Failed.__init__ [constructor]


def by_attribute(held: Held):
    raise held.error  # -> .Failed.__init__ [constructor]


def by_variable(flag):
    error = Failed
    if flag:
        raise error  # -> .Failed.__init__ [constructor] if flag
    raise error("twice")  # -> .Failed.__init__ [constructor]


def with_cause():
    try:
        note("a")  # -> .note [direct]
    except Plain as caught:
        raise Plain from Failed  # -> .Plain [constructor]; .Failed.__init__ [constructor]
    except Failed as caught:
        raise caught


def objects(error: Failed):
    try:
        raise error
    except Failed:
        raise


def others():
    raise ValueError
