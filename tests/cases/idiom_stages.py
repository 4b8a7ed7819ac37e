"""Methods that a framework runs in stages: with an object of its own, one at once, another later."""

import tinynet


class Double(tinynet.Staged):
    @staticmethod
    def forward(note, thing):
        note.keep(thing)  # -> tinynet.Note.keep [method]
        note.helper = Helper()  # -> .Helper [constructor]
        return thing

    @staticmethod
    def backward(note, gradient, *more):
        note.helper.help()  # -> .Helper.help [method]
        gradient.forward(1)  # -> tinynet.Linear.forward [method]
        more[0].forward(1)  # -> tinynet.Linear.forward [method]
        note.never()  # -> ? no 'never' is ever set


class Prepared(tinynet.Staged):
    @staticmethod
    def forward(thing):
        return thing

    @staticmethod
    def prepare(note, inputs):
        (thing,) = inputs
        note.thing = thing
        thing.go()  # -> .Thing.go [method]

    @staticmethod
    def backward(note, gradient):
        gradient.forward(1)  # -> tinynet.Linear.forward [method]


class Almost:
    @staticmethod
    def forward(note, thing):
        note.keep(thing)  # -> ? 'note' may hold anything


class Thing:
    def go(self):
        pass


class Helper:
    def help(self):
        pass


double = Double.apply


def run():
    double(Thing()).go()  # -> tinynet.Staged.apply [method] & .Double.forward [method] & perhaps .Double.backward [method]; .Thing.go [method]; .Thing [constructor]
    Prepared.apply(Thing()).go()  # -> .Prepared.forward [method] & .Prepared.prepare [method] & perhaps .Prepared.backward [method] & tinynet.Staged.apply [method]; .Thing.go [method]; .Thing [constructor]
    Almost.forward(None, Thing())  # -> .Almost.forward [direct]; .Thing [constructor]
