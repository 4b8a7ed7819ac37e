def compiled(function):
    return optimise(function)


def optimise(function):
    return function
