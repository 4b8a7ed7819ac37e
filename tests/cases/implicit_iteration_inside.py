"""Python's own functions that go through an object run its `__iter__` and the iterator's `__next__`."""


class Loader:
    def __iter__(self):
        return Turn()  # -> .Turn [constructor]


class Turn:
    def __next__(self):
        return Batch()  # -> .Batch [constructor]


class Lazy:
    def __iter__(self):
        yield Batch()  # -> .Batch [constructor]


class Old:
    def __getitem__(self, index):
        return Batch()  # -> .Batch [constructor]


class Batch:
    def go(self):
        pass


def goes(batch):
    batch.go()  # -> .Batch.go [method]


def run(loader: Loader, lazy: Lazy, old: Old):
    for _, batch in enumerate(loader):  # -> .Loader.__iter__ [method] & .Turn.__next__ [method]
        batch.go()  # -> .Batch.go [method]
    for one, other, third in zip(lazy, loader, old):  # -> .Lazy.__iter__ [method] & .Loader.__iter__ [method] & .Turn.__next__ [method] & .Old.__getitem__ [method]
        goes(one)  # -> .goes [direct]
    list(map(goes, loader))  # -> perhaps .goes [direct] & .Loader.__iter__ [method] & .Turn.__next__ [method]
    list(filter(None, lazy))  # -> .Lazy.__iter__ [method]
    return sorted(loader)  # -> .Loader.__iter__ [method] & .Turn.__next__ [method]


def almost(loader: Loader, lazy: Lazy):
    iter(loader)  # -> .Loader.__iter__ [method]
    max(lazy, loader)
    filter(lazy, [1])
    enumerate([1], loader)
