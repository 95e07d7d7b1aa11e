"""Pages about policies, panels, cover and the calendar of meetings."""
