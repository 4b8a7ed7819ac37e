"""One layer of attention and a feed-forward part, on tokens."""

from .functional import ACTIVATIONS, gather, gemm_plugin, matmul, part, softmax, view
from .module import Module, Parameter


class Linear(Module):
    def __init__(self, inputs, outputs, plugin=False):
        self.weight = Parameter(outputs, inputs)
        self.bias = Parameter(1, outputs)
        self.plugin = plugin

    def forward(self, x):
        product = gemm_plugin if self.plugin else matmul
        return product(x, self.weight.value) + self.bias.value


class Attention(Module):
    """Queries, keys and values stand one after the other: (3, heads, size)."""

    def __init__(self, heads, size, plugin):
        self.heads, self.size = heads, size
        self.qkv = Linear(heads * size, 3 * heads * size, plugin)

    def forward(self, x):
        joined = view(self.qkv(x), (-1, 3, self.heads, self.size), (1, 2, 0, 3))
        length = x.shape[0]
        q, k, v = (
            view(part(joined, [i, 0, 0, 0], [1, self.heads, length, self.size]), (self.heads, length, self.size))
            for i in range(3)
        )
        weights = softmax(matmul(q, k), 2)
        mixed = matmul(weights, view(v, (0, 0, 0), (0, 2, 1)))
        return view(view(mixed, (0, 0, 0), (1, 0, 2)), (length, self.heads * self.size))


class Model(Module):
    def __init__(self, tokens, heads, size, act="tanh", plugin=False):
        width = heads * size
        self.act = ACTIVATIONS[act]
        self.embedding = Parameter(tokens, width)
        self.attention = Attention(heads, size, plugin)
        self.head = Linear(width, tokens, plugin)

    def forward(self, tokens):
        x = gather(self.embedding.value, tokens)
        x = x + self.attention(x)
        return self.head(self.act(x))
