"""TensorRT's names, as far as frameworks use them to define a network.

| module | holds |
|---|---|
| `enumerations`, `data` | what calls are made with |
| `layers`, `kinds` | tensors, and layers with their attributes |
| `plugins` | plugins with their fields |
| `network` | the definition, which records calls as layers |
| `calls` | which line of the framework made a call |
| `builder` | what surrounds a network: configuration, profiles, an engine that is none |

Nothing here computes: `srcread.lab.tensorrt.evaluation` does, when a tensor is asked.
"""
