"""What is kept of runs: the files, what they say about a note now, what `check` finds in them."""
