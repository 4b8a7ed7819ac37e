"""Reading, setting and deleting an item run three methods."""


class Table:
    def __getitem__(self, key):
        return Part()  # -> .Part [constructor]

    def __setitem__(self, key, value):
        pass

    def __delitem__(self, key):
        pass


class Part:
    def go(self):
        pass


def run(key):
    table = Table()  # -> .Table [constructor]
    table[key].go()  # -> .Table.__getitem__ [method]; .Part.go [method]
    table[key] = 1  # -> .Table.__setitem__ [method]
    del table[key]  # -> .Table.__delitem__ [method]


def almost(key):
    table = {"key": Part()}  # -> .Part [constructor]
    table["key"].go()  # -> .Part.go [method]
    table["key"] = Part()  # -> .Part [constructor]
