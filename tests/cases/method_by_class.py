"""A method reached through its class, with the object as an argument."""


class A:
    def run(self):
        self.step()  # -> .A.step [method]

    def step(self):
        pass


def start():
    A.run(A())  # -> .A.run [direct]; .A [constructor]
