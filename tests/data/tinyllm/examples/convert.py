"""A script: takes the weights of another implementation, where q, k and v alternate by head."""

import argparse
from dataclasses import dataclass, field

import torch
from absent_package import Tokenizer
from helpers import renamed
from tinyllm.layout import HEADS_LAST, order

REGISTRY = {}


@dataclass
class Options:
    heads: int
    names: list[str] = field(default_factory=list)
    tokenizer: Tokenizer = None


def reorder(weight, heads):
    """From (heads, 3, size) to (3, heads, size)."""
    rest = weight.shape[1:]
    return order(weight.reshape(heads, 3, -1, *rest), HEADS_LAST).reshape(weight.shape)


def convert(weights, options: Options):
    converted = {renamed(name): weight for name, weight in weights.items()}
    for name in ("attention.qkv.weight", "attention.qkv.bias"):
        value = converted[name]
        converted[name] = reorder(value.reshape(-1, *value.shape[1:]), options.heads)
    converted["attention.qkv.bias"] = converted["attention.qkv.bias"].reshape(1, -1)
    converted["head.bias"] = converted["head.bias"].reshape(1, -1)
    return {name: weight.to(torch.float32) for name, weight in converted.items()}


def tokenize(text):
    return Tokenizer.load(text)


def undefined():
    return no_such_name + 1


REGISTRY["convert"] = convert


def main():
    argparse.ArgumentParser().parse_args()


if __name__ == "__main__":
    main()
