"""Sources that no package index has: read from a git repository at a tag, sparse and blobless.

`known` tells which distributions those are, `request` what to read for a version, `repository`
reads it, `command` runs git with nothing of the user's configuration that could run code or ask
for a password, and `describe` tells what was stored.
"""
