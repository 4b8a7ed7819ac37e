"""A branch that a compiler's flag chooses: both are edges, each under its condition."""

from tinynet import is_scripting


def scripted(x):
    pass


def eager(x):
    pass


def always(x):
    pass


def run(x):
    if is_scripting():  # -> tinynet.is_scripting [direct]
        scripted(x)  # -> .scripted [direct] if is_scripting()
    else:
        eager(x)  # -> .eager [direct] if is_scripting()
    if not is_scripting() and x:  # -> tinynet.is_scripting [direct]
        return eager(x)  # -> .eager [direct] if not is_scripting() and x
    return scripted(x) if is_scripting() else eager(x)  # -> .scripted [direct] if is_scripting(); tinynet.is_scripting [direct]; .eager [direct] if is_scripting()


def almost(x):
    flag = is_scripting  # a function is always true: it is not called
    if flag:
        eager(x)  # -> .eager [direct] if flag
    always(x)  # -> .always [direct]
