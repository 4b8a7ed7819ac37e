"""A decorator is called with what it decorates: by itself, in a stack, with arguments, by a class."""


def _checked(function):
    function()  # -> .run.<locals>.step [direct]
    return function


def _named(name, times=1):
    def _apply(function):
        function(name)  # -> .run.<locals>.greet [direct]
        return function

    return _apply


def _replaced(function):
    function()  # -> .run.<locals>.stacked [direct]
    return _instead


def _instead():
    pass


def _second(function):
    function()  # -> ._instead [direct]
    return function


class _Counted:
    def __init__(self, function):
        self.function = function

    def go(self):
        self.function()  # -> .run.<locals>.counted [direct]


class _Hooks:
    def on(self, function):
        function(self)  # -> .run.<locals>.hooked [direct]
        return function

    def __call__(self, function):
        function("x")  # -> .run.<locals>.called [direct]
        return function


def _registered(cls):
    cls.create()  # -> .run.<locals>.Made.create [method]
    return cls


def run():
    hooks = _Hooks()  # -> ._Hooks [constructor]

    @_checked  # -> ._checked [decorator]
    def step():
        pass

    @_named("x", times=2)  # -> ._named [direct] & ._named.<locals>._apply [decorator]
    def greet(name):
        pass

    @_second  # -> ._second [decorator]
    @_replaced  # -> ._replaced [decorator]
    def stacked():
        pass

    @_Counted  # -> ._Counted.__init__ [constructor]
    def counted():
        pass

    counted.go()  # -> ._Counted.go [method]

    @hooks.on  # -> ._Hooks.on [decorator]
    def hooked(hooks):
        pass

    @hooks  # -> ._Hooks.__call__ [decorator]
    def called(text):
        pass

    @_registered  # -> ._registered [decorator]
    class Made:
        @classmethod
        def create(cls):
            return cls()  # -> .run.<locals>.Made [constructor]
