"""An overridden method: the object's class decides, wherever the call stands."""


class Base:
    def _run(self):
        self._step()  # -> .One._step [method] | .Two._step [method]

    def _step(self):
        pass


class One(Base):
    def _step(self):
        pass


class Two(Base):
    def _step(self):
        pass


class Sibling(Base):
    def _step(self):
        pass


def run():
    One()._run()  # -> .One [constructor]; .Base._run [method]
    Two()._run()  # -> .Two [constructor]; .Base._run [method]
