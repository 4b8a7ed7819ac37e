"""Every block of a `try` is read; what is raised is an object of its class."""


class Failure(Exception):
    def explain(self):
        pass


def a():
    pass


def run():
    try:
        a()  # -> .a [direct]
    except Failure as failure:
        failure.explain()  # -> .Failure.explain [method]
    except (ValueError, Failure) as either:
        either.explain()  # -> .Failure.explain [method]
    except ValueError as error:
        error.with_traceback(None)
    else:
        a()  # -> .a [direct]
    finally:
        a()  # -> .a [direct]
