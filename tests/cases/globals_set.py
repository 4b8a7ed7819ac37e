"""A name that walked code puts into a module's names, its own or another's, may be that from then.

`global` says it in the text; `globals()["x"]`, `vars(module)` and `setattr` say it when they run.
"""

import sys

from cases.parts import replaced


def first():
    pass


def second():
    pass


by_item = first
by_update = first
by_modules = first
kept = first


def put():
    globals()["by_item"] = second
    globals().update(by_update=second)
    sys.modules[__name__].by_modules = second
    replaced.by_name = second
    setattr(replaced, "by_setattr", second)
    replaced.__dict__["by_dictionary"] = second
    vars(replaced)["by_vars"] = second
    vars(replaced).update(by_update=second)


def run():
    put()  # -> .put [direct]
    by_item()  # -> .first [direct] | .second [direct]
    by_update()  # -> .first [direct] | .second [direct]
    by_modules()  # -> .first [direct] | .second [direct]
    replaced.by_name()  # -> cases.parts.replaced.first [direct] | .second [direct]
    replaced.by_setattr()  # -> cases.parts.replaced.first [direct] | .second [direct]
    replaced.by_dictionary()  # -> cases.parts.replaced.first [direct] | .second [direct]
    replaced.by_vars()  # -> cases.parts.replaced.first [direct] | .second [direct]
    replaced.by_update()  # -> cases.parts.replaced.first [direct] | .second [direct]
    replaced.run()  # -> cases.parts.replaced.run [direct]


def almost():
    kept()  # -> .first [direct]
    replaced.kept()  # -> cases.parts.replaced.first [direct]
