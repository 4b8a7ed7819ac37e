"""What the search box finds: names, titles, questions and claims by an index of our own, prose too.

    symbols   our own index, a script that works from file://, too
    records   the prose of the tours in one language, as plain data
    bundle    an index of these records for Pagefind's script, planned like a page

Prose is what notes say, their claims, and the titles of tours and chapters. Code is found by names.
"""
