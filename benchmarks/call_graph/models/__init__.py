"""What is run of further models: tiny configurations with random weights, nothing fetched."""
