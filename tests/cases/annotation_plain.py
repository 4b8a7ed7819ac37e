"""A parameter's annotation, plain and quoted; beside it `Any`."""

from __future__ import annotations

from typing import Any


class A:
    def run(self):
        pass


def plain(a: A):
    a.run()  # -> .A.run [method]


def quoted(a: "A"):
    a.run()  # -> .A.run [method]


def anything(a: Any):
    a.run()  # -> ? the parameter 'a' may hold anything
