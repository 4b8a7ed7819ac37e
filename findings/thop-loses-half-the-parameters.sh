#!/usr/bin/env bash
# what: thop counts 312 of the 600 parameters of an nn.TransformerEncoderLayer, and no product of
#     attention
# package==version: thop==0.1.1.post2209072238, torch==2.13.0
# date seen: 2026-11-30
# expected: its two numbers are those of the model: 600 parameters, and the multiplications of six
#     matrix products.
# seen: 312 parameters and 4,800 multiplications, those of linear1, linear2 and the norms: attention
#     owns its packed projection as a parameter and calls no module for it, and out_proj is read and
#     never called.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check 'torch==2.13.0' 'thop==0.1.1.post2209072238'
venv/bin/python -W ignore - <<'PYTHON'
import sys

import torch
from thop import profile
from torch import nn

layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
owned = sum(one.numel() for one in layer.parameters())
operations, parameters = profile(layer, (torch.randn(3, 5, 8),), verbose=False)
two_linear = 3 * 5 * (8 * 16 + 16 * 8)
print(f"{parameters:.0f} of {owned} parameters, {operations:.0f} operations; two linear layers alone: {two_linear}")
sys.exit(0 if (owned, parameters) == (600, 312) and operations < two_linear + 3 * 5 * 8 * 8 + 1 else 1)
PYTHON
