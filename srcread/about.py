"""srcread's version, and where its own code lies."""

from os.path import abspath, dirname

VERSION = "0.1.0"

PACKAGE = dirname(abspath(__file__))
"""The folder of srcread's own code."""
