"""The order of axes."""

import tinyllm._axes as axes

HEADS_LAST = axes.swapped(0, 1)


def order(tensor, pair):
    return tensor.transpose(*pair)
