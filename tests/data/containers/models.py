import functools
import itertools
from collections import OrderedDict

import torch
from torch import nn


class Gpt(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.transformer = nn.ModuleDict(dict(
            wte=nn.Embedding(4, 4),
            drop=nn.Dropout(0.1),
            h=nn.ModuleList([nn.Tanh() for _ in range(config.n_layer)]),
        ))
        self.transformer.update({"ln_f": nn.LayerNorm(4)})
        self.head = nn.Linear(4, 4)

    def forward(self, idx):
        x = self.transformer.drop(self.transformer.wte(idx))  # -> Dropout Embedding
        for i, block in enumerate(self.transformer.h):
            x = block(x)  # -> Tanh
        x = self.transformer.ln_f(x)  # -> LayerNorm
        x = self.transformer["ln_f"](x)  # -> LayerNorm
        return self.head(x)  # -> Linear


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.literal = nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.GELU()})
        self.pairs = nn.ModuleDict([["a", nn.Linear(1, 1)], ["b", nn.GELU()]])
        self.zipped = nn.ModuleDict(zip(["a", "b"], [nn.ReLU(), nn.ReLU()]))
        self.later = nn.ModuleDict()
        self.later["a"] = nn.Tanh()
        self.inner = nn.ModuleDict({"deep": nn.ModuleDict({"a": nn.SiLU()})})

    def forward(self, x):
        x = self.literal.a(x)  # -> Linear
        x = self.literal["b"](x)  # -> GELU
        x = self.pairs.b(x)  # -> GELU
        x = self.zipped["a"](x)  # -> ReLU
        x = self.later.a(x)  # -> Tanh
        x = self.inner.deep.a(x)  # -> SiLU
        x = self.inner["deep"]["a"](x)  # -> SiLU
        for part in self.literal.values():
            x = part(x)  # -> GELU Linear
        for name, part in self.pairs.items():
            x = part(x)  # -> GELU Linear
        for name in self.literal:
            x = self.literal[name](x)  # -> GELU Linear
        for name in self.later.keys():
            x = self.later[name](x)  # -> Tanh
        return self.literal.missing(x)  # ->


class Ordered(nn.Module):
    def __init__(self):
        super().__init__()
        self.pairs = nn.Sequential(OrderedDict([("fc", nn.Linear(1, 1)), ("act", nn.GELU())]))
        self.words = nn.Sequential(OrderedDict(fc=nn.Linear(1, 1), act=nn.Tanh()))
        filled = OrderedDict()
        filled["fc"] = nn.Linear(1, 1)
        filled["act"] = nn.ReLU()
        self.filled = nn.Sequential(filled)
        self.placed = nn.Sequential(nn.Linear(1, 1), nn.SiLU(), nn.Tanh())

    def forward(self, x):
        x = self.pairs.act(x)  # -> GELU
        x = self.words.fc(x)  # -> Linear
        x = self.filled.act(x)  # -> ReLU
        x = self.placed[0](x)  # -> Linear
        x = self.placed[-2](x)  # -> SiLU
        for part in self.placed[1:]:
            x = part(x)  # -> Linear SiLU Tanh
        return self.pairs(x)  # -> Sequential


class Added(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.add_module("lin", nn.Linear(1, 1))
        self.register_module("act", nn.GELU())
        for i in range(n):
            self.add_module(f"conv{i}", nn.Conv1d(1, 1, 1))
            setattr(self, "drop" + str(i), nn.Dropout())
            name = "norm%d" % i
            self.add_module(name, nn.LayerNorm(1))
            self.add_module("pool{}_{}".format(i, i), nn.MaxPool1d(1))
        self.n = n

    def forward(self, x):
        x = self.lin(x)  # -> Linear
        x = self.act(x)  # -> GELU
        x = self.conv0(x)  # -> Conv1d
        x = self.drop2(x)  # -> Dropout
        x = self.norm1(x)  # -> LayerNorm
        x = self.pool1_1(x)  # -> MaxPool1d
        x = self.other(x)  # ->
        for i in range(self.n):
            x = getattr(self, f"conv{i}")(x)  # -> Conv1d
            x = getattr(self, "norm%d" % i)(x)  # -> LayerNorm
            x = getattr(self, f"lin")(x)  # -> Linear
        return x


class Children(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(1, 1)
        self.b = nn.Sequential(nn.GELU(), nn.Tanh())
        self.size = 3

    def forward(self, x):
        for m in self.children():
            x = m(x)  # -> Linear Sequential
        for name, m in self.named_children():
            x = m(x)  # -> Linear Sequential
        for m in self.modules():
            x = m(x)  # -> Children GELU Linear Sequential Tanh
        for name, m in self.named_modules():
            if isinstance(m, nn.Linear):
                x = m(x)  # -> Linear
        for name, m in self._modules.items():
            x = m(x)  # -> Linear Sequential
        x = self._modules["a"](x)  # -> Linear
        x = list(self.b.children())[0](x)  # -> GELU Tanh
        return self.get_submodule("b.0")(x)  # -> GELU


class Iterated(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(1, 1) for _ in range(n)])
        self.layers += [nn.GELU()]
        self.acts = nn.ModuleList([nn.Tanh()])
        self.acts.extend([nn.SiLU()])
        self.acts.insert(0, nn.ReLU())
        self.conv = nn.Conv1d(1, 1, 1)

    def forward(self, x):
        for layer in itertools.islice(self.layers, 0, 2):
            x = layer(x)  # -> GELU Linear
        for layer, act in itertools.zip_longest(self.layers, self.acts):
            x = act(layer(x))  # -> GELU Linear ReLU SiLU Tanh
        for act in itertools.chain(self.acts, [self.conv]):
            x = act(x)  # -> Conv1d ReLU SiLU Tanh
        x = functools.reduce(lambda h, m: m(h), self.layers, x)  # -> GELU Linear
        y = list(map(lambda m: m(x), self.acts))  # -> ReLU SiLU Tanh
        y = list(map(self.conv, y))  # -> Conv1d
        m = self.acts[0]
        x = m(x)  # -> ReLU SiLU Tanh
        m = self.conv
        return m(x)  # -> Conv1d


class DenseLayer(nn.Module):
    def forward(self, x):
        return torch.cat(x, 1)


class DenseBlock(nn.ModuleDict):
    def __init__(self, n):
        super().__init__()
        for i in range(n):
            self.add_module("denselayer%d" % (i + 1), DenseLayer())

    def forward(self, init):
        features = [init]
        for name, layer in self.items():
            features.append(layer(features))  # -> DenseLayer
        return torch.cat(features, 1)


class DenseNet(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.features = nn.Sequential(OrderedDict([("conv0", nn.Conv2d(3, 3, 1))]))
        for i, n in enumerate(config):
            self.features.add_module("denseblock%d" % (i + 1), DenseBlock(n))
        self.features.add_module("norm5", nn.GroupNorm(1, 3))

    def forward(self, x):
        x = self.features.norm5(x)  # -> GroupNorm
        for feature in self.features:
            x = feature(x)  # -> Conv2d DenseBlock GroupNorm
        return self.features.denseblock1(x)  # -> DenseBlock


class Getter(nn.ModuleDict):
    def __init__(self, model):
        layers = OrderedDict()
        for name, module in model.named_children():
            layers[name] = module
        super().__init__(layers)

    def forward(self, x):
        for name, module in self.items():
            x = module(x)  # -> Linear Sequential
        return x


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = Getter(Children())

    def forward(self, x):
        return self.body(x)  # -> Getter


class Yolo(nn.Module):
    def __init__(self, config):
        super().__init__()
        layers = []
        for i, kind in enumerate(config):
            m_ = nn.Sequential(*(nn.Conv2d(1, 1, 1) for _ in range(3))) if i else nn.SiLU()
            layers.append(m_)
        self.model = nn.Sequential(*layers)
        self.heads = nn.ModuleList(nn.Sequential(nn.Linear(1, 1), nn.ReLU()) for _ in config)

    def forward(self, x):
        for m in self.model:
            x = m(x)  # -> SiLU Sequential
        for i in range(3):
            x = self.heads[i](x)  # -> Sequential
            x = self.heads[i][0](x)  # -> Linear
        return self.model[-1](x)  # -> SiLU Sequential


class Pyramid(nn.Module):
    def __init__(self, n):
        super().__init__()
        laterals, outputs = [], []
        for i in range(n):
            lateral, output = nn.Conv2d(1, 1, 1), nn.Identity()
            self.add_module("fpn_lateral{}".format(i), lateral)
            self.add_module("fpn_output{}".format(i), output)
            laterals.append(lateral)
            outputs.append(output)
        self.laterals, self.outputs = laterals[::-1], outputs[::-1]

    def forward(self, x):
        for lateral, output in zip(self.laterals, self.outputs):
            x = output(lateral(x))  # -> Conv2d Identity
        return self.fpn_output2(x)  # -> Identity


class Bare(nn.Module):
    def __init__(self):
        super().__init__()
        self.t = nn.Module()
        self.t.wte = nn.Embedding(4, 4)
        self.u = nn.Module()
        self.u.wte = nn.Linear(4, 4)

    def forward(self, x):
        return self.u.wte(self.t.wte(x))  # -> Embedding Linear


class Engine(nn.Module):
    def __init__(self, model=None):
        super().__init__()
        self.__dict__["module"] = nn.Linear(1, 1)
        object.__setattr__(self, "other", nn.GELU())

    def forward(self, x):
        return self.other(self.module(x))  # -> GELU Linear


class Variant:
    @staticmethod
    def init(layer, name):
        layer.vectors[name] = DenseLayer()


class Lora(nn.Module):
    def __init__(self, r):
        super().__init__()
        self.vectors = nn.ModuleDict({})
        self.lora_A = nn.ModuleDict({})
        self.update_layer("default", r)

    def update_layer(self, name, r):
        self.lora_A[name] = nn.Linear(1, r)
        Variant.init(self, name)

    def forward(self, x):
        for name in self.lora_A.keys():
            x = self.lora_A[name](x)  # -> Linear
            x = self.vectors[name](x)  # -> DenseLayer
        return x


def prepare(model, config):
    model.table = {"width": config}
    model.head = nn.Linear(1, 1)


class Prepared(nn.Module):
    def __init__(self, config):
        super().__init__()
        prepare(self, config)

    def forward(self, x):
        return self.head(x)  # -> Linear


class Registry:
    def __init__(self, name):
        self._obj_map = {}

    def _do_register(self, name, obj):
        self._obj_map[name] = obj

    def register(self, obj=None):
        if obj is None:

            def deco(func_or_class):
                self._do_register(func_or_class.__name__, func_or_class)
                return func_or_class

            return deco
        self._do_register(obj.__name__, obj)

    def get(self, name):
        ret = self._obj_map.get(name)
        if ret is None:
            raise KeyError(name)
        return ret


BACKBONES = Registry("backbones")


@BACKBONES.register()
class Small(nn.Module):
    def forward(self, x):
        return x


@BACKBONES.register()
class Large(nn.Module):
    def forward(self, x):
        return x


ACTIVATIONS = dict(silu=nn.SiLU, relu=nn.ReLU)


def activation(name):
    return ACTIVATIONS[name.lower()]


class Built(nn.Module):
    def __init__(self, config, act="relu"):
        super().__init__()
        self.backbone = BACKBONES.get(config.name)()
        self.known = BACKBONES.get("Small")()
        self.act = activation(config.act)()

    def forward(self, x):
        x = self.backbone(x)  # -> Large Small
        x = self.known(x)  # -> Small
        return self.act(x)  # -> ReLU SiLU
