"""A class in a class; its names are not seen without the outer's."""


class Outer:
    class Inner:
        def run(self):
            pass

    def start(self):
        self.Inner().run()  # -> .Outer.Inner [constructor]; .Outer.Inner.run [method]
        Outer.Inner()  # -> .Outer.Inner [constructor]
        Inner()  # -> ? has no name 'Inner'
