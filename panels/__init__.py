"""How a panel works: policies, rules, panels, calendar, meetings."""
