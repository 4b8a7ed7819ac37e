"""What stands beside the index, and what stands at the same place."""


class A:
    def run(self):
        pass


class B:
    def run(self):
        pass


def run():
    for index, item in enumerate([A()]):  # -> .A [constructor]
        item.run()  # -> .A.run [method]
        index.bit_length()
    for a, b in zip([A()], [B()]):  # -> .A [constructor]; .B [constructor]
        a.run()  # -> .A.run [method]
        b.run()  # -> .B.run [method]
    for number, (a2, b2) in enumerate(zip([A()], [B()])):  # -> .A [constructor]; .B [constructor]
        b2.run()  # -> .B.run [method]
