"""Maps as pictures: blocks are arranged, laid out in numbers, and written as SVG.

| module | does |
|---|---|
| `plain` | leaves out of a picture what says nothing there: dropouts, groups of one |
| `arrange` | which steps stand in a row, which side by side, which lines skip some |
| `labels` | the lines of a box, cut to its width, and its colour by the operators that ran |
| `layout` | where boxes, lines and labels stand, in numbers |
| `svg` | these as SVG; `text` is the same map as a nested list |
"""
