"""What a run is watched for: the lines that a note is about, and all that it executed."""
