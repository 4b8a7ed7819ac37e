#!/usr/bin/env bash
# what: accelerate.cpu_offload breaks nn.MultiheadAttention: its out_proj stays on the meta device
# package==version: accelerate==1.15.0, torch==2.13.0
# date seen: 2026-11-30
# expected: each weight is brought in before the module that owns it is called, so that any module runs
#     offloaded.
# seen: attention reads out_proj.weight and never calls out_proj, so that the hook which brings it in
#     never runs: RuntimeError in training and in eval mode, with gradients and without; a plain
#     nn.Sequential of linear layers runs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check 'torch==2.13.0' 'accelerate==1.15.0'
venv/bin/python -W ignore - <<'PYTHON'
import sys

import torch
from accelerate import cpu_offload
from torch import nn


def outcome(module, mode, gradients, *given):
    getattr(module, mode)()
    cpu_offload(module, execution_device=torch.device("cpu"))
    try:
        with torch.set_grad_enabled(gradients):
            module(*given)
    except RuntimeError as error:
        return str(error).splitlines()[0]
    return "runs"


x, seen = torch.randn(3, 5, 8), []
for mode in ("train", "eval"):
    for gradients in (True, False):
        attention = nn.MultiheadAttention(8, 2, batch_first=True)
        plain = nn.Sequential(nn.Linear(8, 16), nn.Linear(16, 8))
        seen.append(outcome(attention, mode, gradients, x, x, x))
        assert outcome(plain, mode, gradients, x) == "runs"
        print(mode, gradients, seen[-1])
sys.exit(0 if all("meta" in one for one in seen) else 1)
PYTHON
