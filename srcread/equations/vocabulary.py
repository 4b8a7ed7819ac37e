"""The words that an equation has without a note's code: functions, constants, Greek letters.

The functions are torch's of that name, with its arguments and defaults: `var(x)` divides by n - 1.
`srcread.lab.equations` evaluates them. The list is short on purpose: any other function is a name
of the code that the note is about, and a snippet gives it.
"""

# ruff: noqa: RUF001 - Greek letters look like Latin ones

from __future__ import annotations

GREEK = {
    **dict(alpha="α", beta="β", gamma="γ", delta="δ", epsilon="ε", eps="ϵ", zeta="ζ", eta="η"),
    **dict(theta="θ", kappa="κ", lambda_="λ", mu="μ", nu="ν", xi="ξ", rho="ρ", sigma="σ", tau="τ"),
    **dict(phi="φ", chi="χ", psi="ψ", omega="ω", pi="π"),
    **dict(Gamma="Γ", Delta="Δ", Theta="Θ", Lambda="Λ", Sigma="Σ", Phi="Φ", Psi="Ψ", Omega="Ω"),
}
"""The names that are drawn as one letter."""

CONSTANTS = frozenset({"inf", "nan", "pi"})

FOLDS = {"sum": "∑", "prod": "∏", "max": "max", "min": "min"}
"""What goes over a comprehension, `sum(w[i] for i in range(n))`, and how it is drawn."""

OF_TORCH = frozenset(
    (
        *(
            "abs",
            "amax",
            "amin",
            "arange",
            "argmax",
            "bmm",
            "cat",
            "ceil",
            "clamp",
            "cos",
            "cumsum",
        ),
        *("erf", "exp", "floor", "log", "log2", "log_softmax", "logsumexp", "masked_fill"),
        *("maximum", "mean", "minimum", "norm", "ones_like", "relu", "round", "rsqrt", "sigmoid"),
        *(
            "sign",
            "sin",
            "softmax",
            "sqrt",
            "stack",
            "std",
            "tanh",
            "topk",
            "tril",
            "triu",
            "trunc",
        ),
        *("var", "where", "zeros_like", "gelu", "silu", "softplus", "linear", "one_hot"),
    )
)
"""The functions that a snippet's run takes from torch, or from `torch.nn.functional`."""

OF_PYTHON = frozenset({"range", "len", "int", "float", "bool", *FOLDS})

OF_TENSORS = frozenset(
    (
        *("T", "mT", "shape", "ndim", "size", "view", "reshape", "flatten", "unflatten", "permute"),
        *("transpose", "squeeze", "unsqueeze", "expand", "chunk", "split", "unbind", "repeat"),
        *("sum", "mean", "max", "min", "any", "all", "round", "float", "int", "bool", "to"),
    )
)
"""The attributes that any name may have, whether the code asks for them or not."""

WORDS = OF_TORCH | OF_PYTHON | CONSTANTS
"""All names that need not stand in the code."""

_MODULES = ("torch.", "math.", "np.", "F.", "torch.nn.functional.")


def word_of(name: str) -> str:
    """Return the word that a name of the code stands for: of `math.sqrt` it is `sqrt`."""
    bare = next((name.removeprefix(one) for one in _MODULES[::-1] if name.startswith(one)), name)
    return bare if bare in WORDS else ""
