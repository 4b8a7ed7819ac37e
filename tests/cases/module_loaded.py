"""A module that is loaded from a file named when it runs; beside it one that is imported."""

from importlib.machinery import SourceFileLoader

from cases.parts import shapes


def run(path, name):
    module = SourceFileLoader("models", path).load_module()
    model = getattr(module, name)
    model()  # -> ? importlib.machinery.SourceFileLoader.load_module loads a module
    module.fixed()  # -> ? importlib.machinery.SourceFileLoader.load_module loads a module
    getattr(shapes, name)()  # -> ? the name that is looked up in cases.parts.shapes is made when it runs
