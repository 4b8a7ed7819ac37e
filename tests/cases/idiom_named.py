"""Classes and modules that a text names: through functions that cut it, and by an idiom's key."""

import importlib

from unread import by_key, find


class Net:
    def __init__(self, part=None):
        self.part = part

    def run(self):
        self.part.run()  # -> .Part.run [method]


class Part:
    def run(self):
        pass


def get(path):
    module, cls = path.rsplit(".", 1)
    return getattr(importlib.import_module(module), cls)


def build(config):
    return get(config["target"])(**config.get("params", {}))  # -> .get [direct]; .Net.__init__ [constructor]


def run(name):
    build({"target": "cases.idiom_named.Net", "params": {"part": Part()}}).run()  # -> .build [direct]; .Net.run [method]; .Part [constructor]
    by_key({"_target_": "cases.idiom_named.Net", "part": Part()}).run()  # -> unread.by_key [external] & .Net.__init__ [constructor]; .Net.run [method]; .Part [constructor]
    find("cases.idiom_named.Part")().run()  # -> unread.find [external]; .Part [constructor]; .Part.run [method]
    importlib.import_module("cases.idiom_named").Part().run()  # -> .Part [constructor]; .Part.run [method]


def almost(name):
    get(name)()  # -> .get [direct]; ? what cases.idiom_named.get returns is not known
    find(name)()  # -> ? what unread.find finds is named when it runs
    by_key({"target": "cases.idiom_named.Net"}).run()  # -> ? the result of unread.by_key
    get("unread.models.Net")()  # -> .get [direct]; ? what cases.idiom_named.get returns
