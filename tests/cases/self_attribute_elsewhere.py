"""An attribute set in another method, and one set in two ways."""


class Engine:
    def start(self):
        pass


class Motor:
    def start(self):
        pass


class Car:
    def build(self):
        self.engine = Engine()  # -> .Engine [constructor]
        self.either = Engine()  # -> .Engine [constructor]

    def electrify(self):
        self.either = Motor()  # -> .Motor [constructor]

    def drive(self):
        self.engine.start()  # -> .Engine.start [method]
        self.either.start()  # -> .Engine.start [method] | .Motor.start [method]
