from . import shapes

for name in dir(shapes):
    if not name.startswith("__"):
        globals()[name] = getattr(shapes, name)

globals()["renamed"] = shapes.area
