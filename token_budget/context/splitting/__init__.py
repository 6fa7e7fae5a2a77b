"""Files in chunks, at the boundaries that their authors drew."""
