"""What the search box finds: names at once, and what notes say once a reader comes to the box.

    symbols   the index of names, a script that every page of a tour loads
    words     what notes say, and the errors that were recorded, in scripts that wait

Both work from file://, and ask no other host. What fits a question is found in the page: see the
templates' names.js and search.js.
"""
