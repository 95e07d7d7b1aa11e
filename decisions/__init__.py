"""What the panel does with it."""
