"""What goes through a reader's data: folded, but for what it calls of the reader's own."""


def stacked(parts):
    return parts


class Loader:
    def __init__(self, data, merge=None, begin=None):
        self.data = data
        self.merge = merge or stacked
        self.begin = begin

    def __iter__(self):
        if self.begin is not None:
            self.begin(0)
        return Steps(self)


class Steps:
    def __init__(self, loader):
        self.loader = loader

    def __next__(self):
        return self.loader.merge([self.loader.data[0]])
