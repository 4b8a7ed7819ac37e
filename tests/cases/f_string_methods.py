"""What an f-string runs: `__format__`, else `__str__`, else `__repr__`."""


class Formatted:
    def __format__(self, spec):
        return "x"


class Written:
    def __str__(self):
        return "x"


class Shown:
    def __repr__(self):
        return "x"


class Plain:
    def text(self):
        return "x"


def run():
    formatted, written, shown = Formatted(), Written(), Shown()  # -> .Formatted [constructor]; .Written [constructor]; .Shown [constructor]
    print(f"{formatted:>3}")  # -> .Formatted.__format__ [method]
    print(f"{written}")  # -> .Written.__str__ [method]
    print(f"{shown}")  # -> .Shown.__repr__ [method]
    print(f"{shown!s} {shown!r}")  # -> .Shown.__repr__ [method]; .Shown.__repr__ [method]
    format(formatted, ">3")  # -> .Formatted.__format__ [method]


def almost():
    plain = Plain()  # -> .Plain [constructor]
    if plain:
        raise ValueError(f"{Formatted()}")  # -> .Formatted [constructor] if plain
    return f"{plain} {plain.text()}"  # -> .Plain.text [method]
