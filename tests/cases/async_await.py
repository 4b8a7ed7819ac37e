"""What `await` gives, of a coroutine and of an object with `__await__`; `async for` beside it."""


class Made:
    def go(self):
        pass


class Waiting:
    def __await__(self):
        return Made()  # -> .Made [constructor]
        yield


async def make():
    return Made()  # -> .Made [constructor]


async def many():
    yield Made()  # -> .Made [constructor]


async def run():
    (await make()).go()  # -> .Made.go [method]; .make [direct]
    waiting = make()  # -> .make [direct]
    (await waiting).go()  # -> .Made.go [method]
    async for made in many():  # -> .many [direct]
        made.go()  # -> .Made.go [method]
    parts = [made async for made in many()]  # -> .many [direct]
    parts[0].go()  # -> .Made.go [method]
    waited = await Waiting()  # -> .Waiting [constructor] & .Waiting.__await__ [method]
    waited.go()  # -> .Made.go [method]
