"""The files of a tour: tour.toml, notes and translations, read with every finding at its line.

`codes` is the table of all rules. Reading never raises for what a file says: it gathers.
"""
