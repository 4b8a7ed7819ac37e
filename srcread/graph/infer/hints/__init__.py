"""What the text promises of a value: annotations, native schemas, tests of its class."""
