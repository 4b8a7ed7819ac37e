"""What only hands its argument on: a copy is of the same class, `to` gives the module itself."""

import copy

from tinynet import Linear


def run(x):
    copy.deepcopy(Linear(1))(x)  # -> copy.deepcopy [external]; tinynet.Linear.forward [forward]; tinynet.Linear.__init__ [constructor]
    Linear(1).to("cuda")(x)  # -> tinynet.Linear.__init__ [constructor]; tinynet.Module.to [method]; tinynet.Linear.forward [forward]
