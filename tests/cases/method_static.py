"""A static method has no `self`: its first parameter is the first argument."""


class A:
    @staticmethod
    def make(kind):
        return kind()  # -> .B [constructor]

    def start(self):
        self.make(B)  # -> .A.make [direct]


class B:
    pass


def run():
    A.make(B)  # -> .A.make [direct]
    A().start()  # -> .A [constructor]; .A.start [method]
