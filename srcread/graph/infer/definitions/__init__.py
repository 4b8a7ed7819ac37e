"""What a definition's name stands for once its decorators have run.

`decorators` decides it; what a decorator notes elsewhere is found by its neighbours.
"""
