"""Modules: calling one runs its `forward`, with its name on the network's stack."""

import torch

from ._common import default_net
from .functional import constant


class Parameter:
    def __init__(self, *shape):
        self._value = torch.zeros(*shape, device="cuda")

    @property
    def value(self):
        if isinstance(self._value, torch.Tensor):
            self._value = constant(self._value)
        return self._value

    @value.setter
    def value(self, numbers):
        assert numbers.shape == self._value.shape
        self._value = numbers.contiguous()


class Module:
    def __call__(self, *args):
        default_net().modules.append(type(self).__name__)
        result = self.forward(*args)
        default_net().modules.pop()
        return result

    def parameters(self, prefix=""):
        for name, value in vars(self).items():
            if isinstance(value, Parameter):
                yield prefix + name, value
            elif isinstance(value, Module):
                yield from value.parameters(f"{prefix}{name}.")

    def load(self, weights):
        for name, parameter in self.parameters():
            parameter.value = weights[name]
