"""The neighbourhood of a function as a small picture: callers left, this one, what it calls right.

| module | does |
|---|---|
| `choose` | who stands in it: at most forty, and how many are left to the lists |
| `draw` | three columns as SVG, made when the site is built |

The lists of calls and callers say all of it, and more; the picture is a second look at them. It is
written by hand because three columns need no layout engine: the same input gives the same bytes,
and a page's picture costs a tenth of a millisecond.
"""
