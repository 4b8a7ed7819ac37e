"""A parameter hides the module's function; a local name hides it as well."""


def step():
    pass


def other():
    pass


def parameter(step):
    step()  # -> ? the parameter 'step' may hold anything


def local():
    step = other
    step()  # -> .other [direct]


def neither():
    step()  # -> .step [direct]
