"""How the claims of a snippet are made to report themselves, before it runs."""
