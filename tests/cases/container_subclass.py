"""A subclass of `dict` holds what its constructor is given, also where `__getitem__` makes more."""


class A:
    def __init__(self, size=1):
        self.size = size

    def go(self):
        pass


class B:
    def go(self):
        pass


class Makes(dict):
    def __getitem__(self, key):
        content = super().__getitem__(key)
        kind, options = content if isinstance(content, tuple) else (content, {})
        return kind(**options)  # -> .A.__init__ [constructor] | .B [constructor]


class Named(dict):
    def __init__(self, start, name):
        super().__init__(start)
        self.name = name


class NoDict:
    def __init__(self, start):
        self.start = start

    def __getitem__(self, key):
        return key


MAKES = Makes({"a": (A, {"size": 2}), "b": B})
NAMED = Named({"a": A, "b": B}, "kinds")
NO_DICT = NoDict({"a": A})


def run(key):
    MAKES["b"].go()  # -> .Makes.__getitem__ [method]; .B.go [method]
    MAKES[key].go()  # -> .Makes.__getitem__ [method]; .A.go [method] | .B.go [method]
    NAMED["a"]()  # -> .A.__init__ [constructor]
    NAMED.get("b")()  # -> .B [constructor]
    NO_DICT["a"]()  # -> .NoDict.__getitem__ [method]; ? it would call
