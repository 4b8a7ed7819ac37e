"""The mutual recursion: names, attributes, calls and the others that need each other."""
