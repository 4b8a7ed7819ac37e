"""A method of an object whose class is known, and of one that is not."""


class A:
    def run(self):
        self.step()  # -> .A.step [method]

    def step(self):
        pass


class B:
    def step(self):
        pass


def known():
    a = A()  # -> .A [constructor]
    a.run()  # -> .A.run [method]


def anything(b):
    b.step()  # -> ? the parameter 'b' may hold anything
