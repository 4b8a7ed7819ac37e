"""A function that is handed to a call which is not resolved may be called from there."""


def callback():
    helper()  # -> .helper [direct]


def helper():
    pass


def run(anything, number):
    anything(callback)  # -> ? may hold anything & perhaps .callback [direct]
    anything(number)  # -> ? may hold anything
