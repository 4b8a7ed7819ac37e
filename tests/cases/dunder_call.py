"""An object that is called; one without `__call__` is not."""


class Callable:
    def __call__(self):
        return self.step()  # -> .Callable.step [method]

    def step(self):
        pass


class Plain:
    pass


def run():
    Callable()()  # -> .Callable [constructor]; .Callable.__call__ [method]
    Plain()()  # -> .Plain [constructor]; ? no '__call__' is ever set on
