"""What no base has behind `super()`: not a name of `object`, unless `object` has it."""

import unread


class Plain:
    def go(self):
        super().walk()  # -> ? no base of cases.super_absent.Plain has 'walk'
        super().__init__()  # -> builtins.super [external]; builtins.object.__init__ [external]


class Below(Plain):
    def go(self):
        super().go()  # -> builtins.super [external]; .Plain.go [super]
        super().stop()  # -> ? no base of cases.super_absent.Below has 'stop'


class Mixed:
    """A mixin: what follows it in another class's order is what it means."""

    def go(self):
        super().walk()  # -> builtins.super [external]; .Walker.walk [super]


class Walker:
    def walk(self):
        pass


class Both(Mixed, Walker):
    pass


class Outside(unread.Base):
    def go(self):
        super().walk()  # -> builtins.super [external]; unread.Base.walk [external]


def run():
    Both().go()  # -> .Both [constructor]; .Mixed.go [method]
