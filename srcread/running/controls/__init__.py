"""Controls: changes of the code that a note is about, to see whether its claims notice.

A check that cannot fail proves nothing. So each anchored statement that ran is changed in small
ways, and the snippet runs against each change; a claim that no change turns false says nothing
about these lines.

| module | does |
|---|---|
| `operators` | the changes of one statement or parameter |
| `mutants` | all changes of a note's targets, with their ids |
| `declared` | the controls that a snippet declares itself, by `srcread.lab.must_fail` |
| `running` | runs them |
| `outcomes` | what each did, by its records |

Changes are made in the text, within ranges that `ast` gives, and not through libcst: what stands
outside a range stays byte for byte, and the child compiles the whole anyway. Controls show that a
claim depends on the code, not that its wording is right.
"""
