"""A function handed to what is not read may be called from there; one only looked at is not."""

import functools
import threading


def key(item):
    helper()  # -> .helper [direct]
    return item


def helper():
    pass


def run(items):
    sorted(items, key=key)  # -> perhaps .key [direct]
    threading.Thread(target=key)  # -> perhaps .key [direct]
    return list(map(lambda item: key(item), items))  # -> perhaps .run.<locals>.<lambda> [direct]; .key [direct]


def almost():
    return repr(key), functools.partial(key), callable(key)
