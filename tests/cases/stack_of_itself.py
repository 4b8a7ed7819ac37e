"""A list that is filled from itself ends somewhere."""


class Node:
    def __init__(self):
        self.children = []

    def go(self):
        pass


def run():
    waiting = [Node()]  # -> .Node.__init__ [constructor]
    while waiting:
        node = waiting.pop()
        node.go()  # -> .Node.go [method]
        waiting.append(node)
        waiting.extend(waiting)
