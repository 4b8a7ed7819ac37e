"""srcread: a framework's source as a site that is read top-down, its notes confirmed by runs."""

from os.path import abspath, dirname

__version__ = "0.1.0"

PACKAGE = dirname(abspath(__file__))
"""The folder of srcread's own code."""
