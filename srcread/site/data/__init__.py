"""What pages show, as plain data: nothing here knows HTML, and nothing imports a heavy library."""
