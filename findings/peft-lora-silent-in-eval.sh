#!/usr/bin/env bash
# what: a LoRA adapter in a frozen nn.TransformerEncoderLayer changes nothing in eval mode, gradients on
#     or off
# package==version: peft==0.21.2, torch==2.13.0
# date seen: 2026-11-30
# expected: the adapter adds its product to the output of the module it wraps, in training and in eval
#     mode alike.
# seen: on linear1, linear2 and self_attn it does so in training; in eval mode the output is that of the
#     frozen layer, without an error or a warning. On out_proj it does so in neither.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check 'torch==2.13.0' 'peft==0.21.2'
venv/bin/python -W ignore - <<'PYTHON'
import copy
import sys

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import nn


def encoder_layer():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
    for one in layer.parameters():
        nn.init.normal_(one, std=0.5)
    return layer


def effect(target, mode, gradients):
    layer = encoder_layer()
    plain = copy.deepcopy(layer)
    config = LoraConfig(r=2, lora_alpha=4, target_modules=[target], init_lora_weights=False)
    adapted = inject_adapter_in_model(config, layer)
    with torch.set_grad_enabled(gradients):
        made, kept = getattr(adapted, mode)()(x), getattr(plain, mode)()(x)
    return (made - kept).abs().max().item() > 1e-3


x = torch.randn(3, 5, 8, generator=torch.Generator().manual_seed(1))
seen = {}
for target in ("linear1", "linear2", "self_attn", "out_proj"):
    for mode in ("train", "eval"):
        seen[target, mode] = {effect(target, mode, gradients) for gradients in (True, False)}
        print(target, mode, "an effect" if True in seen[target, mode] else "no effect")
wanted = {key: {key[1] == "train" and key[0] != "out_proj"} for key in seen}
sys.exit(0 if seen == wanted else 1)
PYTHON
