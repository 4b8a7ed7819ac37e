"""`with … as`: what `__enter__` returns, which may be another object."""

from contextlib import contextmanager


class File:
    def read(self):
        pass


class Door:
    def __enter__(self):
        return File()  # -> .File [constructor]

    def __exit__(self, *error):
        pass

    def read(self):
        pass


@contextmanager
def opened():
    yield File()  # -> .File [constructor]


def run():
    with Door() as file:  # -> .Door [constructor] & .Door.__enter__ [method] & .Door.__exit__ [method]
        file.read()  # -> .File.read [method]
    door = Door()  # -> .Door [constructor]
    with door:  # -> .Door.__enter__ [method] & .Door.__exit__ [method]
        door.read()  # -> .Door.read [method]


def by_generator():
    with opened() as file:  # -> .opened [direct]
        file.read()  # -> .File.read [method]
