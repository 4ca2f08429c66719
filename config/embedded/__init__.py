"""A private PostgreSQL and Valkey for a machine that has none, and the supervisor behind `manage.py up`."""
