"""Attributes of Python's own that are not there: of functions, of classes, of bases; and some that are."""

import abc
import enum
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


class Kind(enum.Enum):
    ONE = 1


class Word(str, enum.Enum):
    YES = "yes"


class Tree(dict):
    pass


class Broken(ValueError):
    pass


def of_bases(kind: Kind, word: Word, tree: Tree, broken: Broken):
    kind.step(1)  # -> ? no 'step' is ever set on
    kind.name.upper()  # -> enum.Enum.name.upper [external]
    Kind.__members__.items()  # -> enum.Enum.__members__.items [external]
    Kind.build()  # -> ? cases.attribute_absent.Kind has no attribute 'build'
    word.upper()  # -> builtins.str.upper [external]
    word.step()  # -> ? no 'step' is ever set on
    tree.walk()  # -> ? no 'walk' is ever set on
    tree.get(1)  # -> builtins.dict.get [external]
    broken.walk()  # -> ? no 'walk' is ever set on
    broken.with_traceback(None)  # -> builtins.ValueError.with_traceback [external]


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
