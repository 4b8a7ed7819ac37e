"""Type inference for calls: what an expression may be, asked for one expression at a time.

`evaluate` holds the parts together; each of them answers one kind of question: `names`,
`attributes`, `classes`, `calls`, `callers`, `constructions`, `parameters`, `annotations`, `python`
(its own functions).
`values` are the answers, `frame` is where a question is asked.
"""
