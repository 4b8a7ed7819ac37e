"""What a constructor's own helpers set: by a name, in a loop over pairs, through two methods."""


class Net:
    def run(self):
        return 1


class Other:
    def run(self):
        return 2


class Keeps:
    def keep(self, **parts):
        for name, part in parts.items():
            if part is None:
                print(name)
            setattr(self, name, part)


class Pipe(Keeps):
    def __init__(self, net: Net, other: Other):
        super().__init__()
        self.keep(net=net, other=other)  # -> .Keeps.keep [method]

    def __call__(self):
        self.net.run()  # -> .Net.run [method]
        self.other.run()  # -> .Other.run [method]
        self.third.run()  # -> ? no 'third' is ever set on cases.built_by_methods.Pipe


class Plain:
    def __init__(self, net: Net):
        self._build(net)  # -> .Plain._build [method]

    def _build(self, net):
        self._set(net)  # -> .Plain._set [method]

    def _set(self, net):
        self.net = net

    def go(self):
        self.net.run()  # -> .Net.run [method] | ? the parameter 'net' may hold anything


class Swapped(Keeps):
    def __init__(self, net: Net, other: Other):
        self.keep(net=net, other=other)  # -> .Swapped.keep [method]

    def keep(self, **parts):
        for name, part in parts.items():
            part = Net() if part is None else part  # -> .Net [constructor] if part is None
            setattr(self, name, part)

    def go(self):
        self.net.run()  # -> .Net.run [method] | .Other.run [method]


class Apart:
    def __init__(self, net: Net):
        self.first(net)  # -> .Apart.first [method]

    def first(self, part):
        self.net = part

    def second(self, part):
        self.spare = part

    def go(self):
        self.net.run()  # -> .Net.run [method] | ? the parameter 'part' may hold anything
        self.spare.run()  # -> ? the parameter 'part' may hold anything


class Many:
    def __init__(self):
        self.add("part0", Net())  # -> .Many.add [method]; .Net [constructor]
        self.add("part1", Net())  # -> .Many.add [method]; .Net [constructor]
        self.add("part2", Net())  # -> .Many.add [method]; .Net [constructor]
        self.add("part3", Net())  # -> .Many.add [method]; .Net [constructor]
        self.add("part4", Net())  # -> .Many.add [method]; .Net [constructor]
        self.add("part5", Net())  # -> .Many.add [method]; .Net [constructor]
        self.add("part6", Net())  # -> .Many.add [method]; .Net [constructor]
        self.add("part7", Net())  # -> .Many.add [method]; .Net [constructor]
        self.add("part8", Net())  # -> .Many.add [method]; .Net [constructor]
        self.add("part9", Net())  # -> .Many.add [method]; .Net [constructor]
        self.add("part10", Net())  # -> .Many.add [method]; .Net [constructor]
        self.add("part11", Other())  # -> .Many.add [method]; .Other [constructor]

    def add(self, name, part):
        setattr(self, name, part)

    def go(self):
        self.part11.run()  # -> .Other.run [method]


def main(pipe: Pipe, plain: Plain, swapped: Swapped, apart: Apart, many: Many):
    pipe()  # -> .Pipe.__call__ [method]
    plain.go()  # -> .Plain.go [method]
    swapped.go()  # -> .Swapped.go [method]
    apart.go()  # -> .Apart.go [method]
    many.go()  # -> .Many.go [method]
