"""Behind a guard that excludes a default nothing is said of that; Python's own classes count."""


class Part:
    def go(self):
        pass


def text(v=True):
    return isinstance(v, str) and v.startswith("a")  # -> builtins.isinstance [external]; builtins.str.startswith [external]


def table(v=3):
    if isinstance(v, dict):  # -> builtins.isinstance [external]
        v.setdefault("a", 1)  # -> builtins.dict.setdefault [external] if isinstance(v, dict)


def either(v=None):
    if isinstance(v, (Part, str)):  # -> builtins.isinstance [external]
        v.go()  # -> .Part.go [method] if isinstance(v, (Part, str))


def otherwise(v=1.5):
    if not isinstance(v, float):  # -> builtins.isinstance [external]
        v.go()  # -> .Part.go [method] if not isinstance(v, float)
    v.hex()  # -> builtins.float.hex [external] | ? may give anything


def run():
    text()  # -> .text [direct]
    table()  # -> .table [direct]
    text("b")  # -> .text [direct]
    otherwise(Part())  # -> .otherwise [direct]; .Part [constructor]
