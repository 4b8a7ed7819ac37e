"""What `begin` makes of a repository: its packages, a proposed entry, texts of files."""
