"""Two objects of one class are not mixed: each knows what it was built with."""


class One:
    def run(self):
        pass


class Two:
    def run(self):
        pass


class Holder:
    def __init__(self, held):
        self.held = held


def first():
    holder = Holder(One())  # -> .Holder.__init__ [constructor]; .One [constructor]
    holder.held.run()  # -> .One.run [method]


def second():
    holder = Holder(held=Two())  # -> .Holder.__init__ [constructor]; .Two [constructor]
    holder.held.run()  # -> .Two.run [method]
