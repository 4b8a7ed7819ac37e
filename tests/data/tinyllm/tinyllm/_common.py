"""The network that functions add layers to is a global, set for the time of a `with`."""

import contextlib

net = None


def default_net():
    assert net is not None, "guard a network first"
    return net


@contextlib.contextmanager
def net_guard(network):
    global net
    before, net = net, network
    yield
    net = before
