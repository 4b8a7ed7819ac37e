"""Folded machinery is one row, and what it calls of the reader's own stands beside it."""

from tinynet.loading import Loader


class Part:
    def go(self):
        pass


class Data:
    def __getitem__(self, place):
        return Part()  # -> .Part [constructor]


def merge(parts):
    parts[0].go()  # -> .Part.go [method]
    return parts[0]


def begin(number):
    pass


def run():
    for part in Loader(Data(), merge):  # -> tinynet.loading.Loader.__iter__ [method] & .Data.__getitem__ [method] & .merge [direct] & tinynet.loading.Loader.__init__ [constructor]; .Data [constructor]
        part.go()  # -> .Part.go [method]
    for part in Loader(Data(), begin=begin):  # -> tinynet.loading.Loader.__iter__ [method] & .Data.__getitem__ [method] & perhaps .begin [direct] & tinynet.loading.Loader.__init__ [constructor]; .Data [constructor]
        pass


def almost():
    for part in [Data()]:  # -> .Data [constructor]
        part.go()  # -> ? no 'go' is ever set on cases.idiom_through.Data
