"""What a call reaches, with what arguments, and what it returns."""
