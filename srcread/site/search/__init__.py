"""What the search box finds: names, titles, questions and claims by an index of our own, prose too.

    symbols   our own index, a script that works from file://, too
    records   the prose of a tour, in one language: plain data, from which an index's key is made
    prose     records become the files of an index, by Pagefind
    pagefind  where Pagefind's program is, and one bounded run of it

Only notes, claims and titles are prose; code is found by its names.
"""
