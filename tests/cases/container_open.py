"""What is not known among the elements of a container stays beside those that are known."""

import json


class A:
    def go(self):
        pass


def gen(text):
    yield A()  # -> .A [constructor]
    yield json.loads(text)


def through(text):
    for item in (A(), json.loads(text)):  # -> .A [constructor]
        item.go()  # -> .A.go [method] | ? the result of json.loads is not followed
    for item in [A() if text else json.loads(text) for _ in text]:  # -> .A [constructor] if text
        item.go()  # -> .A.go [method] | ? the result of json.loads is not followed
    for item in gen(text):  # -> .gen [direct]
        item.go()  # -> .A.go [method] | ? the result of json.loads is not followed
    for item in sorted([A(), json.loads(text)]):  # -> .A [constructor]
        item.go()  # -> .A.go [method] | ? the result of json.loads is not followed
    for _, item in enumerate([A(), json.loads(text)]):  # -> .A [constructor]
        item.go()  # -> .A.go [method] | ? the result of json.loads is not followed


def taken(text):
    max(A(), json.loads(text)).go()  # -> .A.go [method] | ? the result of json.loads is not followed; .A [constructor]
    next(gen(text)).go()  # -> .A.go [method] | ? the result of json.loads is not followed; .gen [direct]
    for item in map(either, [text]):  # -> perhaps .either [direct]
        item.go()  # -> .A.go [method] | ? the result of json.loads is not followed


def either(text):
    return A() if text else json.loads(text)  # -> .A [constructor] if text


def typed(text, length: int, name: str = "a"):
    helper(text, length)  # -> .helper [direct]


def helper(text, length: int):
    length.bit_length()  # -> builtins.int.bit_length [external]


def almost(text):
    parts = [A(), A()]  # -> .A [constructor]; .A [constructor]
    parts[0].go()  # -> .A.go [method]
    for part in parts:
        part.go()  # -> .A.go [method]
    _, part = json.loads(text), A()  # -> .A [constructor]
    part.go()  # -> .A.go [method]


def put_anywhere(text, key):
    table = {"a": A(), "b": A()}  # -> .A [constructor]; .A [constructor]
    table[key] = json.loads(text)
    table["a"].go()  # -> .A.go [method] | ? the result of json.loads is not followed
    other = {"a": A(), "b": A()}  # -> .A [constructor]; .A [constructor]
    other["b"] = json.loads(text)
    other["a"].go()  # -> .A.go [method]
