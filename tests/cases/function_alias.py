"""A second name of a function; beside it the result of calling it."""


def original():
    return 1


alias = original
result = original()


def run():
    alias()  # -> .original [direct]
    result()  # -> ? it would call something that is not a function
