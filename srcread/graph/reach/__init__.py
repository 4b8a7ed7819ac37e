"""What one place in the code reaches: the other ends of its edges."""
