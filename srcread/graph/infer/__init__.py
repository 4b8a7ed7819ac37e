"""Type inference for calls: what an expression may be, asked for one expression at a time.

An abstract interpreter in floors, each importing only from those below it:

| floor | holds |
|---|---|
| `core/` | the mutual recursion of names, attributes and calls; `core/evaluate` is the door |
| `rules/` | one habit of Python or of frameworks each |
| `ask` | the questions that the parts ask each other, as protocols |
| `solver` | questions, their answers, and who asks again when one changes |
| `frame` | where a question is asked |
| `nesting` | how deep answers nest |
| `values` | the answers |
"""
