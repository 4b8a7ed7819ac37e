"""What a `.pyi` beside a module says of results and parameters that the module does not tell."""

from .parts import stubbed


def run(anything):
    stubbed.make(anything).go()  # -> cases.parts.stubbed.make [direct]; cases.parts.stubbed.Made.go [method]
    stubbed.Made().other(anything).go()  # -> cases.parts.stubbed.Made [constructor]; cases.parts.stubbed.Made.other [method]; cases.parts.stubbed.Made.go [method]


def almost(anything):
    stubbed.unstubbed(anything).go()  # -> cases.parts.stubbed.unstubbed [direct]; ? what cases.parts.stubbed.unstubbed returns is not known
