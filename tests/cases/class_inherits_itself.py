"""A class whose base is its own name ends at itself, and has no base behind."""


class Loop(Loop):
    def run(self):
        self.step()  # -> .Loop.step [method]

    def step(self):
        super().step()  # -> ? no base of cases.class_inherits_itself.Loop has 'step'


class Tail(Loop):
    def go(self):
        self.run()  # -> .Loop.run [method]
