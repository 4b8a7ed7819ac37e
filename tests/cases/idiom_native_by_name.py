"""A registry that is not read, asked for what is native by name; beside it one that no idiom names."""

import enginekit


def run(name):
    creator = enginekit.registry().creator("Attention", "1")  # -> enginekit.registry [external]; Attention [native]
    creator.make(1)  # -> Attention.make [native]
    enginekit.registry().creator(name).make(1)  # -> enginekit.registry [external]; enginekit.Registry.creator [external]; ? looks up a name that is no constant
    enginekit.registry().version("1").make(1)  # -> enginekit.registry [external]; enginekit.Registry.version [external]; ? the result of enginekit.Registry.version is not followed
    enginekit.Network.add_cast().output()  # -> enginekit.Network.add_cast [external]; enginekit.Layer.output [external]
