"""`singledispatch` chooses by the class of the first argument, where that is known."""

import functools


class Base:
    pass


class Child(Base):
    pass


class Other:
    pass


def unregistered(value):
    pass


@functools.singledispatch
def show(value):
    unregistered(value)  # -> .unregistered [direct]


@show.register
def _(value: int):
    pass


@show.register(str)
def show_text(value):
    pass


@show.register
def show_base(value: Base | None):
    pass


def show_list(values):
    pass


show.register(list, show_list)


def given(value):
    show(value)  # -> .show [direct] | ._ [direct] | .show_text [direct] | .show_base [direct] | .show_list [direct]


def run():
    show(1)  # -> ._ [direct]
    show(True)  # -> ._ [direct]
    show("text")  # -> .show_text [direct]
    show(Child())  # -> .show_base [direct]; .Child [constructor]
    show(None)  # -> .show_base [direct]
    show([1])  # -> .show_list [direct]
    show(Other())  # -> .show [direct]; .Other [constructor]
    show_text(1)  # -> .show_text [direct]
