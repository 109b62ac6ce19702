"""Revisions of the state store's tables, run by ``Database.migrate`` (Alembic)."""
