"""Calls on the results of calls."""


class Builder:
    def add(self):
        return self

    def build(self):
        return Product()  # -> .Product [constructor]


class Product:
    def use(self):
        pass

    def add(self):
        pass


def run():
    Builder().add().build().use()  # -> .Builder [constructor]; .Builder.add [method]; .Builder.build [method]; .Product.use [method]
