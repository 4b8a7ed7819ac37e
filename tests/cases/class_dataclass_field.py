"""A field that a factory fills is what its annotation promises; one without a promise is open."""

from dataclasses import dataclass, field


class Info:
    def show(self):
        pass


@dataclass
class Memo:
    data: dict[str, Info] = field(default_factory=dict)
    other = field(default_factory=dict)

    def run(self):
        self.data["one"].show()  # -> .Info.show [method]
        self.other["one"].show()  # -> ? the result of dataclasses.field is not followed
