"""A module without annotations; they stand in the stub beside it."""


class Made:
    def go(self):
        pass

    def other(self, text):
        return decode(text)


def make(text):
    return decode(text)


def unstubbed(text):
    return decode(text)


def decode(text):
    return text.decoded
