"""`getattr` with a name that the text tells; beside it one that it does not."""


class A:
    def run(self):
        pass

    def stop(self):
        pass


def known():
    getattr(A(), "run")()  # -> builtins.getattr [external]; .A.run [method]; .A [constructor]


def through_a_name():
    name = "stop"
    getattr(A(), name)()  # -> builtins.getattr [external]; .A.stop [method]; .A [constructor]


def unknown(name):
    getattr(A(), name)()  # -> builtins.getattr [external]; ? builtins.getattr; .A [constructor]
