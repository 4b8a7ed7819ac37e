"""Of several wrappers the one of the function's own kind: for a generator, for a coroutine."""

import inspect


def entered(function):
    if inspect.isgeneratorfunction(function):
        def stepping(*args):
            yield from function(*args)  # -> .steps [direct]

        return stepping

    if inspect.iscoroutinefunction(function):
        async def awaited(*args):
            return await function(*args)  # -> .later [direct]

        return awaited

    def called(*args):
        return function(*args)  # -> .now [direct]

    return called


@entered
def steps():
    yield 1


@entered
async def later():
    pass


@entered
def now():
    pass


async def run():
    now()  # -> .now [direct] & .entered.<locals>.called [decorator]
    for step in steps():  # -> .steps [direct] & .entered.<locals>.stepping [decorator]
        step.bit_length()  # -> builtins.int.bit_length [external]
    await later()  # -> .later [direct] & .entered.<locals>.awaited [decorator]
