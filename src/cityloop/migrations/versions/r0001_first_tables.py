"""First tables (written out by autogenerate before the first release)."""

import importlib
import pkgutil

from alembic import op

import cityloop
from cityloop.foundation import audit, jobs, outbox  # noqa: F401 - their tables
from cityloop.foundation.db import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for package in pkgutil.iter_modules(cityloop.__path__):
        if package.ispkg:
            for module in pkgutil.iter_modules([f"{cityloop.__path__[0]}/{package.name}"]):
                if module.name == "store":
                    importlib.import_module(f"cityloop.{package.name}.store")
    metadata.create_all(op.get_bind())
