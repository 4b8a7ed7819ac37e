"""A module of any class: its `forward` is its subclass's affair."""

from tinynet import Linear, Module


def anything(module: Module, x):
    module(x)  # -> ? a subclass or the caller provides it


def linear(module: Linear, x):
    module(x)  # -> tinynet.Linear.forward [forward]
