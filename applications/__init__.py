"""What is asked for a child."""
