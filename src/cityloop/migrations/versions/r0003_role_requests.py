"""People ask for roles."""

import sqlalchemy as sa
from alembic import op

from cityloop.foundation.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; one open request for each person and role."""
    op.create_table(
        "role_requests",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("user_name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_name"], ["people.user_name"], name=op.f("fk_role_requests_user_name")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_requests")),
    )
    op.create_index(op.f("ix_role_requests_user_name"), "role_requests", ["user_name"])
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_role_requests_open",
        "role_requests",
        ["user_name", "role"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    """Forget the requests; the roles that were given stay."""
    op.drop_table("role_requests")
