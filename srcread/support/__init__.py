"""What any room may need and none owns: a cache, plain files, packaged folders."""
