"""Sources that no package index has: read from a git repository at a tag, sparse and blobless.

`known` tells which distributions those are, `request` what to read for a version, `repository`
brings it into the store, `command` runs git with nothing of the user's configuration that could run
code or ask for a password, and `describe` tells what is here: a stored clone, or a stub.
"""
