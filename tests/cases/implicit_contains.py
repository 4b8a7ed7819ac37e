"""`in` runs `__contains__`, else what a loop would."""


class Bag:
    def __contains__(self, item):
        return True


class Shelf:
    def __iter__(self):
        yield 1


def run():
    bag, shelf = Bag(), Shelf()  # -> .Bag [constructor]; .Shelf [constructor]
    return 1 in bag, 2 not in shelf  # -> .Bag.__contains__ [method]; .Shelf.__iter__ [method]


def almost():
    bag = [Bag()]  # -> .Bag [constructor]
    return 1 in bag
