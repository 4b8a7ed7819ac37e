"""The mutual recursion: names, attributes, calls and the others that need each other.

What an abstract interpreter of Python is, whatever the code: none of these can be answered without
the others. They meet through `ask`, and `evaluate` holds them together.

| module | answers |
|---|---|
| `evaluate` | what an expression may be |
| `names` | what a name means where it stands |
| `modules` | what a dotted name stands for, what a module holds |
| `attributes` | what `value.name` is |
| `items` | what `value[key]` is, and what iterating gives |
| `classes` | what a class inherits and holds |
| `instances` | what methods set on an object |
| `constructions` | what calling a class makes |
| `calls` | what a call gives |
| `contexts` | what a call tells a function |
| `returns` | what a function returns in a context |
| `parameters` | what its parameters hold there |
| `annotations` | what a type hint promises |
"""
