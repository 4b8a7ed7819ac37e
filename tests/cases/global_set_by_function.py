"""A global that a function sets to what it is given: the calls of that function tell; or nothing."""

import contextlib

current = None
other = None


class Network:
    def add(self):
        pass


def use(network):
    global current
    current = network


def use_other(network):
    global other
    other = network


@contextlib.contextmanager
def using(network):
    assert isinstance(network, Network)
    before = current
    use(network)  # -> .use [direct]
    yield
    use(before)  # -> .use [direct]


def default():
    return current


def run():
    default().add()  # -> .default [direct]; .Network.add [method]
    other.add()  # -> ? the object whose 'add' it is is None
