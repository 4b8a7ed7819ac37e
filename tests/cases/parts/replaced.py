def first():
    pass


def last():
    pass


by_name = first
by_setattr = first
by_dictionary = first
by_vars = first
by_update = first
kept = first


def run():
    by_name()
    kept()
