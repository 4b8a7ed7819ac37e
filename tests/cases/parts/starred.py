__all__ = ["listed", "_listed_too"]


def listed():
    pass


def _listed_too():
    pass


def unlisted():
    pass
