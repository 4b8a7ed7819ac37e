"""srcread: a framework's source as a site that is read top-down, its notes confirmed by runs."""

__version__ = "0.1.0"
