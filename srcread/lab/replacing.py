"""`replace`: another object in the place of a framework's own, which the record of the run names.

    replace(torch.cuda, set_device=lambda index: None)  # this machine has no GPU

A snippet that leaves a function of the framework replaced is not confirmed, for nobody would see
it on the page. What is replaced by this is listed there. A function that a claim itself calls must
be the original whenever the claim is evaluated, whoever replaced it.

It stays replaced until the run ends. For a part of a run, `unittest.mock.patch` puts it back.
"""

from __future__ import annotations

from types import ModuleType

from srcread.lab import told


def replace(owner: ModuleType | type, **objects: object) -> None:
    """Give names of a module or class other objects, and tell the record."""
    place = (
        owner.__name__
        if isinstance(owner, ModuleType)
        else f"{owner.__module__}.{owner.__qualname__}"
    )
    for name, value in objects.items():
        setattr(owner, name, value)
        told.given.add(f"{place}.{name}")
