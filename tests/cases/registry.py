"""A table that decorators and calls fill: by name one of them, by an unknown name any."""

TABLE = {}
PLAIN = {}
LISTED = []
WAITING = []


def register(name):
    def put(function):
        TABLE[name] = function
        return function

    return put


def by_own_name(function):
    add(function.__name__, function)  # -> .add [direct]
    return function


def add(name, function):
    TABLE.setdefault(name, function)


def listed(function):
    LISTED.append(function)
    return function


def later(function):
    WAITING.append((function, "why"))


def unrelated(name, function):
    PLAIN = {}
    PLAIN[name] = function


@register("a")
def a():
    pass


@by_own_name
def b():
    pass


def c():
    pass


add("other", c)
later(c)
unrelated("d", c)


@register("made")
class Made:
    def go(self):
        pass


@listed
def e():
    pass


def run(name):
    TABLE["a"]()  # -> .a [direct]
    TABLE["b"]()  # -> .b [direct]
    TABLE["other"]()  # -> .c [direct]
    TABLE["made"]().go()  # -> .Made [constructor]; .Made.go [method]
    TABLE[name]()  # -> .a [direct] | .b [direct] | .c [direct] | .Made [constructor]
    for function in LISTED:
        function()  # -> .e [direct]
    for waiting, why in WAITING:
        waiting()  # -> .c [direct]
    a()  # -> .a [direct]


def almost():
    PLAIN["d"]()  # -> ? what is under the key 'd' is not known
