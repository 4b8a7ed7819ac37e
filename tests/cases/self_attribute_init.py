"""An attribute set in `__init__`; beside it one that is never set."""


class Engine:
    def start(self):
        pass


class Car:
    def __init__(self):
        self.engine = Engine()  # -> .Engine [constructor]

    def drive(self):
        self.engine.start()  # -> .Engine.start [method]
        self.motor.start()  # -> ? no 'motor' is ever set on cases.self_attribute_init.Car
