"""What a comprehension makes of a large table stays one of many, beside what a default names."""

from .parts.offered import ACTS


class Model:
    def __init__(self, names, act="gelu"):
        self.steps = [ACTS[name]() for name in names]  # -> ? one of the 14
        self.acts = [ACTS[act]() for _ in names]  # -> cases.parts.offered.Gelu [constructor] | ? one of the 14

    def run(self):
        for step in self.steps:
            step.go()  # -> ? one of the 14 that cases.comprehension_open.ACTS names
        for act in self.acts:
            act.go()  # -> cases.parts.offered.Gelu.go [method] | ? one of the 14
