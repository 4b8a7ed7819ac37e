#!/usr/bin/env bash
# what: the first operator that runs under a TorchDispatchMode imports the whole of torch._dynamo
# package==version: torch==2.13.0
# date seen: 2026-11-30
# expected: a mode that passes each operator on costs a Python call each: the first one in a process about
#     as much as the second.
# seen: entering the mode imports nothing; the first operator in it imports some 800 modules, torch._dynamo
#     and sympy among them, in over a second of CPU time; the second one none. A process that looks at one
#     call this way (a test, a fork of a server) pays it for one name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check 'torch==2.13.0'
venv/bin/python -W ignore - <<'PYTHON'
import sys
import time

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class PassedOn(TorchDispatchMode):
    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
        return operator(*args, **(kwargs or {}))


def imported(step):
    before, started = set(sys.modules), time.process_time()
    step()
    new = set(sys.modules) - before
    print(f"{len(new)} modules, {time.process_time() - started:.2f} s; torch._dynamo: {'torch._dynamo' in new}")
    return new


def enter():
    with PassedOn():
        pass


def add():
    with PassedOn():
        torch.ones(1) + 1


torch.ones(1) + 1
entered, first, second = imported(enter), imported(add), imported(add)
seen = not entered and len(first) > 300 and "torch._dynamo" in first and not second
sys.exit(0 if seen else 1)
PYTHON
