"""Pages of the panel's work: authorise, ask one service, answer."""
