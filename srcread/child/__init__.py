"""What runs inside a snippet's process: `main`, and the texts of a plan's payload.

Standard library only (plus torch if it is there), Python >= 3.9, and no import of srcread: any
environment's interpreter executes them.
"""
