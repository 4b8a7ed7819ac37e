"""A name that is made when it runs allows what its literal parts allow, and says where it looks."""

import importlib
import sys

from cases.parts import shapes, tabled


def wide_block():
    pass


def deep_block():
    pass


class Visitor:
    def go_up(self):
        pass

    def go_down(self):
        pass

    @staticmethod
    def stop():
        pass


def run(kind, module="cases.parts.shapes"):
    globals()[f"{kind}_block"]()  # -> .wide_block [direct] | .deep_block [direct] | ? looked up in cases.names_made is made
    globals().get(kind)()  # -> ? the name that is looked up in cases.names_made is made
    vars(sys.modules[__name__])[f"{kind}_block"]()  # -> .wide_block [direct] | .deep_block [direct] | ? looked up in cases.names_made is made
    getattr(sys.modules[__name__], kind + "_block")()  # -> .wide_block [direct] | .deep_block [direct] | ? looked up in cases.names_made is made
    getattr(Visitor(), "go_" + kind)()  # -> .Visitor.go_up [method] | .Visitor.go_down [method] | ? builtins.getattr looks up is made; .Visitor [constructor]
    getattr(Visitor, f"st{kind}")()  # -> ? the name that is looked up in cases.names_made.Visitor is made
    getattr(shapes, kind, shapes.area)()  # -> cases.parts.shapes.area [direct] | ? looked up in cases.parts.shapes is made
    shapes.__dict__[kind]()  # -> ? the name that is looked up in cases.parts.shapes is made
    importlib.import_module(kind).area()  # -> ? what importlib.import_module finds is named when it runs
    importlib.import_module(module).area()  # -> cases.parts.shapes.area [direct] | ? what importlib.import_module finds is named
    getattr(tabled, f"{kind}elu")()  # -> ? looked up in cases.parts.tabled is made


def almost():
    for kind in ("wide", "deep"):
        globals()[f"{kind}_block"]()  # -> .wide_block [direct] | .deep_block [direct]
        getattr(sys.modules[__name__], f"{kind}_block")()  # -> .wide_block [direct] | .deep_block [direct]
    shapes.__dict__["area"]()  # -> cases.parts.shapes.area [direct]
    globals().get("wide_block")()  # -> .wide_block [direct]
    importlib.import_module("cases.parts.shapes").area()  # -> cases.parts.shapes.area [direct]
