"""A test of a truth value runs `__bool__`, else `__len__`; `is` runs nothing."""


class Known:
    def __bool__(self):
        return True

    def __len__(self):
        return 1


class Sized:
    def __len__(self):
        return 0


def run():
    known, sized = Known(), Sized()  # -> .Known [constructor]; .Sized [constructor]
    if known:  # -> .Known.__bool__ [method]
        pass
    while not sized:  # -> .Sized.__len__ [method]
        pass
    return 1 if sized else 2  # -> .Sized.__len__ [method]


def almost():
    known = Known()  # -> .Known [constructor]
    if known is not None:
        return len(known)  # -> .Known.__len__ [method] if known is not None
    return known
