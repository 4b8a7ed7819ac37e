"""`__set_name__` runs where a class body that holds the object has run; beside it one without."""


class Field:
    def __set_name__(self, owner, name):
        owner.noted()  # -> .make.<locals>.Local.noted [method]


class Plain:
    def set_name(self, owner, name):
        pass


def make():
    class Local:
        field = Field()  # -> .Field [constructor] & .Field.__set_name__ [method]
        plain = Plain()  # -> .Plain [constructor]

        @classmethod
        def noted(cls):
            pass

    return Local


def run():
    return make()().field  # -> .make [direct]; .make.<locals>.Local [constructor]
