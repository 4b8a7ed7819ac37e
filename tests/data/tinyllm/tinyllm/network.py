"""A network, and the names that its layers get from the modules they are added in."""

from collections import defaultdict

import tensorrt as trt


class Network:
    def __init__(self, trt_network):
        self.trt_network = trt_network
        self.modules = []
        self.counts = defaultdict(int)

    def name(self, layer):
        kind = str(layer.type).split(".")[-1]
        if layer.type in (trt.LayerType.ELEMENTWISE,):
            kind += "_" + str(layer.op).split(".")[-1]
        key = "/".join([*self.modules, kind])
        layer.name = f"{key}_{self.counts[key]}"
        self.counts[key] += 1
