"""What iterators yield that functions which are not read make, as the idioms say."""

import itertools
from itertools import chain, islice, zip_longest

from tinynet import Identity, Linear, Module, ModuleList


class Net(Module):
    def __init__(self, n):
        self.layers = ModuleList([Linear(1) for _ in range(n)])  # -> tinynet.ModuleList.__init__ [constructor]; tinynet.Linear.__init__ [constructor]
        self.ends = [Identity()]  # -> tinynet.Identity [constructor]

    def forward(self, x, start, end):
        for layer in islice(self.layers, start, end):
            x = layer(x)  # -> tinynet.Linear.forward [forward]
        for layer, last in zip_longest(self.layers, self.ends):
            x = last(layer(x))  # -> tinynet.Identity.forward [forward]; tinynet.Linear.forward [forward]
        for either in chain(self.layers, self.ends):
            x = either(x)  # -> tinynet.Identity.forward [forward] | tinynet.Linear.forward [forward]
        for inner in chain.from_iterable([self.layers, self.layers]):
            x = inner(x)  # -> tinynet.Linear.forward [forward]
        for index, twice in enumerate(itertools.cycle(self.ends)):
            x = twice(x)  # -> tinynet.Identity.forward [forward]
        for (left, right), same in zip(
            itertools.product(self.layers, self.ends), itertools.repeat(self.ends[0])
        ):
            x = same(right(left(x)))  # -> tinynet.Identity.forward [forward]; tinynet.Identity.forward [forward]; tinynet.Linear.forward [forward]
        one, other = itertools.tee(self.layers)
        for part in one:
            x = part(x)  # -> tinynet.Linear.forward [forward]
        for part in itertools.starmap(choose, [(self.ends[0], x)]):  # -> perhaps .choose [direct]
            x = part(x)  # -> tinynet.Identity.forward [forward]
        for unknown in itertools.groupby(self.layers):
            x = unknown(x)  # -> ? the result of itertools.groupby is not followed


def choose(layer, x):
    return layer
