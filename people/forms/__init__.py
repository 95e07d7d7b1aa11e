"""Forms of the people app, and the fields every form of the house uses."""
