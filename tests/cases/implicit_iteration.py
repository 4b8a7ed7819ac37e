"""A loop runs `__iter__` and the iterator's `__next__`; one that is a generator has none."""


class Steps:
    def __iter__(self):
        return self

    def __next__(self):
        return Step()  # -> .Step [constructor]


class Lazy:
    def __iter__(self):
        yield Step()  # -> .Step [constructor]


class Old:
    def __getitem__(self, index):
        return Step()  # -> .Step [constructor]


class Step:
    def go(self):
        pass


def run():
    for step in Steps():  # -> .Steps [constructor] & .Steps.__iter__ [method] & .Steps.__next__ [method]
        step.go()  # -> .Step.go [method]
    for step in Lazy():  # -> .Lazy [constructor] & .Lazy.__iter__ [method]
        step.go()  # -> .Step.go [method]
    return [step.go() for step in Old()]  # -> .Step.go [method]; .Old [constructor] & .Old.__getitem__ [method]


def almost():
    for step in [Step()]:  # -> .Step [constructor]
        step.go()  # -> .Step.go [method]
