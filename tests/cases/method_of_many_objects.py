"""One method of more objects than there may be rivals is one function, and followed."""


class Kind:
    def go(self):
        pass


class Part:
    def __init__(self, act):
        self.act = act

    def kind(self):
        return Kind()  # -> .Kind [constructor]


def run():
    parts = [Part(one), Part(two), Part(three), Part(four), Part(five), Part(six), Part(seven)]  # -> .Part.__init__ [constructor]; .Part.__init__ [constructor]; .Part.__init__ [constructor]; .Part.__init__ [constructor]; .Part.__init__ [constructor]; .Part.__init__ [constructor]; .Part.__init__ [constructor]
    parts += [Part(Kind), Part([one]), Part([two]), Part([six]), Part([four]), Part([five])]  # -> .Part.__init__ [constructor]; .Part.__init__ [constructor]; .Part.__init__ [constructor]; .Part.__init__ [constructor]; .Part.__init__ [constructor]; .Part.__init__ [constructor]
    for part in parts:
        part.kind().go()  # -> .Part.kind [method]; .Kind.go [method]


def one(): ...
def two(): ...
def three(): ...
def four(): ...
def five(): ...
def six(): ...
def seven(): ...
