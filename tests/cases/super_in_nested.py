"""`super()` in a function inside a method is the method's."""


class A:
    def _go(self):
        pass


class B(A):
    def _go(self):
        def inner():
            return super()

        return [super(B, self)._go() for _ in "x"]  # -> .A._go [super]


def run():
    B()._go()  # -> .B [constructor]; .B._go [method]
