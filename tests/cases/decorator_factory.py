"""A decorator with arguments: what it is called with is known where the wrapper runs."""


def retried(times, on_error):
    def decorate(function):
        def wrapper(*args):
            on_error(times)  # -> .complain [direct]
            return function(*args)  # -> .step [direct]

        return wrapper

    return decorate


def named(name):
    def decorate(function):
        function.name = name
        return function

    return decorate


def complain(times):
    pass


@retried(3, complain)
def step():
    pass


@named("other")
def almost():
    pass


def run():
    step()  # -> .step [direct] & .retried.<locals>.decorate.<locals>.wrapper [decorator]
    almost()  # -> .almost [direct]
