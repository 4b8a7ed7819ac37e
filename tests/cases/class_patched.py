"""Statements behind a class put functions into it: what runs then is not what the text shows."""

import functools
import types

from tinynet import Module

from .parts import patching


def fast(self, x):
    return x


def other(self, x):
    return x


class Plain(Module):
    def forward(self, x):
        return x


class Named(Module):
    def forward(self, x):
        return x


class Either(Module):
    def forward(self, x):
        return x


class Kept(Module):
    def forward(self, x):
        return x


class ByCall(Module):
    def forward(self, x):
        return x


class Given(Module):
    def forward(self, x):
        return x


class Untouched(Module):
    def forward(self, x):
        return x


class Bound(Module):
    def forward(self, x):
        return x


class Far(Module):
    def forward(self, x):
        return x


Plain.forward = fast
setattr(Named, "forward", fast)
if fast:
    Either.forward = fast
slow = Kept.forward


def around(self, x):
    return slow(self, x)  # -> .Kept.forward [direct] | .around [direct]


Kept.forward = around


def patch():
    ByCall.forward = fast


def change(cls, function):
    cls.forward = function


def _uncalled():
    Untouched.forward = fast


patch()
change(Given, fast)
patching.change(Far)


def run(x):
    Plain()(x)  # -> .Plain [constructor]; .fast [forward]
    Named()(x)  # -> .Named [constructor]; .fast [forward]
    Either()(x)  # -> .Either [constructor]; .Either.forward [forward] | .fast [forward]
    Kept()(x)  # -> .Kept [constructor]; .Kept.forward [forward] | .around [forward]
    ByCall()(x)  # -> .ByCall [constructor]; .ByCall.forward [forward] | .fast [forward]
    Given()(x)  # -> .Given [constructor]; .Given.forward [forward] | .fast [forward]
    Untouched()(x)  # -> .Untouched [constructor]; .Untouched.forward [forward]
    patching.Elsewhere()(x)  # -> cases.parts.patching.Elsewhere [constructor]; .other [forward]


patching.Elsewhere.forward = other


def objects(x):
    one = Bound()  # -> .Bound [constructor]
    one.forward = types.MethodType(fast, one)  # -> types.MethodType [external] & perhaps .fast [direct]
    one(x)  # -> .Bound.forward [forward] | .fast [forward]
    two = Far()  # -> .Far [constructor]
    two.forward = functools.partial(fast, two)  # -> functools.partial [external]
    two(x)  # -> .Far.forward [forward] | .fast [forward]
