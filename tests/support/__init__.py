"""What tests share: examples, stand-ins and small tools."""
