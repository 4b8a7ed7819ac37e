"""Attributes of Python's own that are not there: of functions, of classes, of bases; and some that are."""

import abc
import functools
import re
from typing import Protocol

import unread


class Plan(abc.ABC):
    def go(self):
        self.keys.transpose()  # -> ? no 'keys' is ever set on
        self.__sizeof__()  # -> abc.ABC.__sizeof__ [external]


class Shown(Protocol):
    def go(self):
        self.walk()  # -> ? no 'walk' is ever set on


class Mixed(unread.Base, abc.ABC):
    def go(self):
        self.anything()  # -> unread.Base.anything [external]


def run(text):
    run.config.get(text)  # -> ? function objects have no attribute 'config'
    run.__get__(text)  # -> builtins.function.__get__ [external]
    len.cache.clear()  # -> ? builtins.len has no attribute 'cache'
    str.lower(text)  # -> builtins.str.lower [external]
    str.tensor(text)  # -> ? builtins.str has no attribute 'tensor'
    functools.reduce.all(text)  # -> ? functools.reduce has no attribute 'all'
    re.escape.all(text)  # -> ? re.escape has no attribute 'all'
    abc.ABC.keys.transpose()  # -> ? abc.ABC has no attribute 'keys'
    unread.thing.of.any(text)  # -> unread.thing.of.any [external]
