"""`__getattr__` that hands on by name; beside it what the class has itself."""


class Inner:
    def run(self):
        pass

    def stop(self):
        pass


class Wrapper:
    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def stop(self):
        pass


def run():
    wrapper = Wrapper(Inner())  # -> .Wrapper.__init__ [constructor]; .Inner [constructor]
    wrapper.run()  # -> .Wrapper.__getattr__ [method]; .Inner.run [method]
    wrapper.stop()  # -> .Wrapper.stop [method]
