"""A framework of one page, with the idioms of the large ones; known by idioms.toml only."""


class Module:
    def __call__(self, *args, **kwargs):
        trace(self)
        return self.forward(*args, **kwargs)

    def forward(self, *args):
        raise NotImplementedError

    def to(self, device):
        return self

    def register_hook(self, hook):
        self.hook = hook


class Linear(Module):
    def __init__(self, size):
        self.size = size

    def forward(self, x):
        return x


class Identity(Module):
    def forward(self, x):
        return x


class ModuleList(Module):
    def __init__(self, modules=()):
        self.modules = list(modules)

    def __iter__(self):
        return iter(self.modules)

    def __getitem__(self, index):
        return self.modules[index]

    def append(self, module):
        self.modules.append(module)


class Sequential(Module):
    def __init__(self, *modules):
        self.modules = modules

    def forward(self, x):
        for module in self:
            x = module(x)
        return x


def trace(module):
    record(module)


def record(module):
    pass


def is_scripting():
    return False


def has_override(x):
    return hasattr(x, "override")


def run_override(function, arguments, x):
    return x.override(function, arguments)


def own_override(function, arguments):
    return function(*arguments)


class Function:
    @classmethod
    def apply(cls, *arguments):
        record(cls)


class Hooked:
    def __setattr__(self, name, value):
        record(name)

    def __getattr__(self, name):
        return record(name)


class Kept(Module):
    def __init__(self):
        self.__dict__["_parts"] = {}

    def named(self):
        for name, part in self._parts.items():
            yield name, part

    def add_part(self, name, part):
        self._parts[name] = part

    def register_part(self, key, value):
        self.add_part(key, value)

    def find_part(self, path):
        return self._parts[path]


class PartDict(Kept):
    def __init__(self, parts=None):
        super().__init__()
        self.update(parts)

    def __getitem__(self, key):
        return self._parts[key]

    def __setitem__(self, key, part):
        self.add_part(key, part)

    def __iter__(self):
        return iter(self._parts)

    def keys(self):
        return self._parts.keys()

    def items(self):
        return self._parts.items()

    def values(self):
        return self._parts.values()

    def update(self, parts):
        for key, part in parts.items():
            self[key] = part

class Note:
    def keep(self, *things):
        record(things)


class _Staged:
    @staticmethod
    def forward(note, *arguments):
        raise NotImplementedError

    @staticmethod
    def prepare(note, inputs):
        raise NotImplementedError

    @staticmethod
    def backward(note, *gradients):
        raise NotImplementedError


class Staged(_Staged):
    @classmethod
    def apply(cls, *arguments):
        record(cls)
