"""The rules: one habit of Python or of its frameworks each."""
