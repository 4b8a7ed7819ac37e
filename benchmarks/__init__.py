"""What is measured and never timed in a test; run from the checkout by `python -m benchmarks.X`."""
