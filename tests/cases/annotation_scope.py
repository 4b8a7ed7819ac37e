"""A hint is read where its `def` stands: in a class's body, whose own names come first."""


class Config:
    def build(self):
        return self


class Outer:
    class Config:
        def build(self):
            return Part()  # -> .Part [constructor]

    def __init__(self, config: Config):
        self.part = config.build()  # -> .Outer.Config.build [method]

    def run(self, config: "Config" = None):
        self.part.go()  # -> .Part.go [method]
        return self.given(config).build()  # -> .Outer.given [method]; .Outer.Config.build [method]

    def given(self, config) -> Config:
        return config

    def nested(self):
        def inner(config: Config):
            config.build()  # -> .Config.build [method]

        inner(Config())  # -> .Outer.nested.<locals>.inner [direct]; .Config [constructor]

    class Deeper:
        def __init__(self, config: Config):
            config.build()  # -> .Config.build [method]

    def deep(self, config):
        return Outer.Deeper(config)  # -> .Outer.Deeper.__init__ [constructor]


class Other:
    def run(self, config: Config):
        config.build()  # -> .Config.build [method]

    def of_outer(self, config: Outer.Config):
        config.build()  # -> .Outer.Config.build [method]


class Shadowing:
    def Config(self):
        return self

    def run(self, config: Config):
        config.build()  # -> .Config.build [method]


class Defaults:
    class Tool:
        def go(self):
            pass

    def run(self, make=Tool):
        make().go()  # -> .Defaults.Tool [constructor] | ? a caller may give anything; .Defaults.Tool.go [method] | ? a caller may give anything


class Part:
    def go(self):
        pass
