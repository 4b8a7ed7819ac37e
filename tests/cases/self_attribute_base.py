"""What a base's `__init__` is handed through `super()` is this class's own."""


class Engine:
    def start(self):
        pass


class Motor:
    def start(self):
        pass


class Vehicle:
    def __init__(self, drive):
        self.drive = drive


class Car(Vehicle):
    def __init__(self):
        super().__init__(Engine())  # -> .Vehicle.__init__ [super]; .Engine [constructor]

    def go(self):
        self.drive.start()  # -> .Engine.start [method]


class Tram(Vehicle):
    def __init__(self):
        Vehicle.__init__(self, drive=Motor())  # -> .Vehicle.__init__ [direct]; .Motor [constructor]

    def go(self):
        self.drive.start()  # -> .Motor.start [method]
