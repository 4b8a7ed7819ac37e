"""`yield from` hands elements on and gives what the generator returns in the end."""


class Element:
    def go(self):
        pass


class Result:
    def end(self):
        pass


def inner():
    yield Element()  # -> .Element [constructor]
    return Result()  # -> .Result [constructor]


def outer():
    result = yield from inner()  # -> .inner [direct]
    result.end()  # -> .Result.end [method]
    yield from [Element()]  # -> .Element [constructor]


def run():
    for element in outer():  # -> .outer [direct]
        element.go()  # -> .Element.go [method]


def almost():
    for element in inner():  # -> .inner [direct]
        element.go()  # -> .Element.go [method]
