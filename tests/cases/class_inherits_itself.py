"""A class whose base is its own name ends at itself."""


class Loop(Loop):
    def run(self):
        self.step()  # -> .Loop.step [method]

    def step(self):
        super().step()


class Tail(Loop):
    def go(self):
        self.run()  # -> .Loop.run [method]
