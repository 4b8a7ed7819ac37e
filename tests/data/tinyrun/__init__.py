"""A framework of somebody's own: calling a module runs its `run`; known by idioms.toml beside it."""


class Module:
    def __call__(self, *inputs):
        return self._guarded(inputs)

    def _guarded(self, inputs):
        return self.run(*inputs)

    def run(self, *inputs):
        raise NotImplementedError


class Chain(Module):
    def __init__(self, *parts):
        self.parts = parts

    def __iter__(self):
        return iter(self.parts)

    def run(self, x):
        for part in self:
            x = part(x)
        return x


class Scale(Module):
    def run(self, x):
        return x * 2


class Model(Module):
    def __init__(self):
        self.body = Chain(Scale())

    def run(self, x):
        return self.body(x)
