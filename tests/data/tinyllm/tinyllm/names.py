"""Names of weights, as others spell them."""

NAMES = {"wte": "embedding", "attn.weight": "attention.qkv.weight", "attn.bias": "attention.qkv.bias"}
NAMES["lm.weight"] = "head.weight"
NAMES.update({"lm.bias": "head.bias"})
