"""`singledispatchmethod` chooses by the first argument behind `self`."""

from functools import singledispatchmethod


class Printer:
    @singledispatchmethod
    def show(self, value):
        self.plain()  # -> .Printer.plain [method]

    @show.register
    def show_number(self, value: int):
        self.number()  # -> .Printer.number [method]

    @show.register(str)
    def show_text(self, value):
        pass

    def plain(self):
        pass

    def number(self):
        pass


def given(printer: Printer, value):
    printer.show(value)  # -> .Printer.show [method] | .Printer.show_number [method] | .Printer.show_text [method]


def run():
    printer = Printer()  # -> .Printer [constructor]
    printer.show(1)  # -> .Printer.show_number [method]
    printer.show("text")  # -> .Printer.show_text [method]
    printer.show(printer)  # -> .Printer.show [method]
    printer.plain()  # -> .Printer.plain [method]
