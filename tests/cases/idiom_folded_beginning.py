"""All names with one beginning are folded by one row; a longer row says which of them are walked."""

from tinynet import driver


class Model:
    def run(self):
        if driver.count():  # -> tinynet.driver.count [direct]
            return driver.card().name()  # -> tinynet.driver.card [direct] if driver.count(); tinynet.driver.Card.name [method] if driver.count()
        driver.Card()  # -> tinynet.driver.Card [constructor]
        self.driver()  # -> .Model.driver [method]

    def driver(self):
        count()  # -> .count [direct]


def count():
    pass


def walked():
    driver.corner_of_it()  # -> tinynet.driver.corner_of_it [direct]
