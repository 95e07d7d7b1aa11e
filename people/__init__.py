"""Who: councils, teams, users, roles, cover, the record and the messages owed."""
