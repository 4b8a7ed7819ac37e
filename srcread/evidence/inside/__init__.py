"""What runs inside a snippet's process: texts that a plan carries to `child.py`.

Standard library only (plus torch if it is there), Python >= 3.9, and no import of srcread: any
environment's interpreter executes them.
"""
