"""Every claim of speed or accuracy, as a program that prints its baselines in the same run."""
