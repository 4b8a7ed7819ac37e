"""Type inference for calls: what an expression may be, asked for one expression at a time.

`evaluate` holds the parts together; each of them answers one kind of question: `names`,
`attributes`, `classes`, `calls`, `callers`, `constructions`, `parameters`, `annotations`, `stubs`,
`python` (its own functions); `definitions/` what decorators make of names, and what fills tables
when modules are imported.
`values` are the answers, `frame` is where a question is asked; `questions` tells what an
answer rests on: itself, in the end, or an attribute that the walk changes later.
"""
