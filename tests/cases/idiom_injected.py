"""An annotation that leaves to a subclass what a call does: what the file gives is shown, too."""

from tinynet import Identity, Linear, Module


class Wrap(Module):
    def __init__(self, inner: Module, plain: Linear):
        self.inner = inner
        self.plain = plain

    def forward(self, x):
        x = self.plain(x)  # -> tinynet.Linear.forward [forward]
        return self.inner(x)  # -> tinynet.Identity.forward [forward] | ? a caller may give anything


class Alone(Module):
    def __init__(self, inner: Module):
        self.inner = inner

    def forward(self, x):
        return self.inner(x)  # -> ? a subclass or the caller provides it


def build():
    return Wrap(Identity(), Linear(1))  # -> .Wrap.__init__ [constructor]; tinynet.Identity [constructor]; tinynet.Linear.__init__ [constructor]
