"""The house: how this clone gets Odoo and PostgreSQL, runs, tests and cleans up. Standard library only."""
