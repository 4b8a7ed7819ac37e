"""`super(Cls, self)` starts behind the class that it names."""


class A:
    def _go(self):
        pass


class B(A):
    def _go(self):
        pass


class C(B):
    def _go(self):
        super(B, self)._go()  # -> .A._go [super]
        super(C, self)._go()  # -> .B._go [super]


def run():
    C()._go()  # -> .C [constructor]; .C._go [method]
