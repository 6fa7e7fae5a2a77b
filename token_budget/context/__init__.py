"""What of a workspace a phase needs to see, under a cap that holds."""
