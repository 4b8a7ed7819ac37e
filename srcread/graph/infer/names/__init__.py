"""What a name means where it stands: scopes, imports, what modules do to themselves."""
