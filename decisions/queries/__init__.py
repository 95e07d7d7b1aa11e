"""Questions the pages and services of decisions ask of the database."""
