"""Registries that are objects: filled by a decorator's method, by a closure, by a call."""


class Registry:
    def __init__(self):
        self._entries = {}

    def _put(self, name, entry):
        self._entries[name] = entry

    def register(self, entry=None):
        if entry is None:

            def put(function):
                self._put(function.__name__, function)
                return function

            return put
        self._put(entry.__name__, entry)  # -> .Registry._put [method]

    def named(self, name):
        def put(function):
            self._entries[name] = function
            return function

        return put

    def get(self, name):
        return self._entries[name]


FIRST = Registry()
SECOND = Registry()


@FIRST.register()
def a():
    pass


@FIRST.register()
def b():
    pass


@SECOND.named("see")
def c():
    pass


def d():
    pass


SECOND.register(d)


def run(name):
    FIRST.get("a")()  # -> .Registry.get [method]; .a [direct]
    FIRST.get(name)()  # -> .Registry.get [method]; .a [direct] | .b [direct]
    SECOND.get("see")()  # -> .Registry.get [method]; .c [direct]
    SECOND.get("d")()  # -> .Registry.get [method]; .d [direct]
