#!/usr/bin/env bash
# what: opacus's DPMultiheadAttention with batch_first=True gives another output than
#     nn.MultiheadAttention
# package==version: opacus==1.6.0, torch==2.13.0
# date seen: 2026-11-30
# expected: a drop-in for nn.MultiheadAttention, so equal weights give equal outputs in both layouts.
# seen: with batch_first=False they agree to rounding; with batch_first=True they differ by half of the
#     values' size, with the right shape and without an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check 'torch==2.13.0' 'opacus==1.6.0'
venv/bin/python -W ignore - <<'PYTHON'
import sys

import torch
from opacus.layers import DPMultiheadAttention
from torch import nn


def gap(batch_first):
    torch.manual_seed(0)
    own = nn.MultiheadAttention(8, 2, batch_first=batch_first)
    private = DPMultiheadAttention(8, 2, batch_first=batch_first)
    private.load_state_dict(own.state_dict())
    x = torch.randn(3, 5, 8)
    one, other = own(x, x, x)[0], private(x, x, x)[0]
    assert one.shape == other.shape
    return (one - other).abs().max().item()


sequence_first, batch_first = gap(False), gap(True)
print(f"sequence first {sequence_first:.1e}, batch first {batch_first:.1e}")
sys.exit(0 if sequence_first < 1e-5 and batch_first > 0.05 else 1)
PYTHON
