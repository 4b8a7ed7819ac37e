"""What scenarios were seen to do, on the pages: marks, shapes, why not, operators, the switch.

| module | does |
|---|---|
| `condense` | a tour's traces to the values of `site.scenarios`, kept in the cache |
| `ends` | what stands at the ends of a case's lines, and its operators by line |
| `paths` | by which call path each case of a function came, in the fewest words |
| `pages` | which scenario has a page of its own, the switch between them, the data for the script |
| `made` | which calls a scenario did not make |
| `marks` | the mark and the words of each line of one page; `folds`: stretches that did not run |

**What is a page and what is data.** A function has one page as its first scenario shows it, one
more for every other *way* through it (a set of lines that ran), named after the first scenario that
goes it, and one script with all its cases, loaded when a reader switches. So every set of marks can
be read and linked without script, and shapes of scenarios that go the same way need it. A page for
every scenario whose marks differ would be 732 files instead of 330 in nn.Transformer's tour, most
of them copies. The price: a new scenario that stands before others may take over a way's address.

Scenarios stand in one order for the whole tour: by group, then those that run most of the tour's
entries, then the shortest script, which is the plainest use.
"""
