"""What watches functions of the read source from inside a snippet's process, and changes them.

Texts of these modules travel in the plan as those of srcread.child do: standard library
only, Python >= 3.9, no srcread import, torch only where the snippet has imported it.

| module | does |
|---|---|
| `units` | the observer: installs each unit with probes, and perhaps with one change |
| `late` | tells it when a snippet itself makes a module, by an import or by extraction |
| `marks` | the probes: statements that ran, and what each activation took and returned |
| `values` | describes values so that two runs can be compared up to rounding |
| `walking` | one walk over values, to all that they lead to |
| `natives` | what a value holds, read without asking its class |
| `sketches` | few numbers for each tensor, which rounding leaves as they are |
| `replies` | replies of native functions, changed |
| `errors` | errors that a snippet catches, or that end it |
| `declare` | the observer of a declared control |
| `executed` | the observer of a whole run: every function of some packages that it executed |
"""
