"""A long chain of functions, each calling the next by way of its result."""


class Link:
    def next(self):
        return Link()  # -> .Link [constructor]


def run():
    Link().next().next().next().next()  # -> .Link [constructor]; .Link.next [method]; .Link.next [method]; .Link.next [method]; .Link.next [method]
