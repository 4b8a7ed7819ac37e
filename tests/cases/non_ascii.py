"""Columns are counted in characters, whatever the letters before a call."""


def größe(text):
    return text


def run():
    text = "äöü→"; größe(text)  # -> .größe [direct]
    return "世界", größe("世"), größe(größe("→"))  # -> .größe [direct]; .größe [direct]; .größe [direct]
