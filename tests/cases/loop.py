"""A loop over a list; beside it a loop over what is not known."""


class A:
    def run(self):
        pass


class B:
    def run(self):
        pass


def known():
    for item in [A(), B()]:  # -> .A [constructor]; .B [constructor]
        item.run()  # -> .A.run [method] | .B.run [method]


def unknown(items):
    for item in items:
        item.run()  # -> ? the parameter 'items' may hold anything
