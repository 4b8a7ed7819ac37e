"""An abstract method: what fills it in runs, or what a subclass does that is not known here."""

import abc
from abc import ABC, abstractmethod


class Layer(ABC):
    @abstractmethod
    def update(self): ...

    @abc.abstractmethod
    def shape(self): ...

    def reset(self):
        self.update()  # -> .Static.update [method] | ? a subclass provides cases.method_abstract.Layer.update


class Static(Layer):
    def update(self):
        return 1

    def shape(self):
        return super().shape()  # -> .Layer.shape [super]


class Plain:
    @abstractmethod
    def update(self):
        return 2


class Other:
    def update(self):
        return 3


def either(layer: Layer | Other):
    layer.update()  # -> .Other.update [method] | ? a subclass provides cases.method_abstract.Layer.update


def contract(layer: Layer):
    layer.update()  # -> .Layer.update [method]


def given(kind: type[Layer], flag):
    layer = Static() if flag else kind()  # -> .Static [constructor] if flag; .Layer [constructor] if flag
    layer.update()  # -> .Static.update [method] | ? a subclass provides cases.method_abstract.Layer.update
    layer.reset()  # -> .Layer.reset [method]


def made():
    Plain().update()  # -> .Plain [constructor]; .Plain.update [method]
