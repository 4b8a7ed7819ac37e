"""An object with `__get__` that a class holds is asked when the attribute is read."""


class Descriptor:
    def __get__(self, owner, cls=None):
        return 1

    def __set__(self, owner, value):
        pass


class Plain:
    def get(self):
        pass


class Holder:
    described = Descriptor()
    plain = Plain()


def run():
    holder = Holder()  # -> .Holder [constructor]
    holder.described = 2  # -> .Descriptor.__set__ [property]
    return holder.described  # -> .Descriptor.__get__ [property]


def almost():
    holder = Holder()  # -> .Holder [constructor]
    holder.plain.get()  # -> .Plain.get [method]
    return holder.plain
