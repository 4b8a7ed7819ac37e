"""A hook is kept, to be called later; another method's argument is not."""

import tinynet


def hook(module):
    helper()  # -> .helper [direct]


def helper():
    pass


def run():
    module = tinynet.Identity()  # -> tinynet.Identity [constructor]
    module.register_hook(hook)  # -> perhaps .hook [direct] & tinynet.Module.register_hook [method]
    module.to(hook)  # -> tinynet.Module.to [method]
