"""What objects hold: classes and their order, attributes, items, what is put in later."""
