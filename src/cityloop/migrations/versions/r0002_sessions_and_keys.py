"""Sessions know their browser, personal keys their holder."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns; what is there already gets none."""
    op.add_column("sessions", sa.Column("agent", sa.String(200)))
    op.add_column("api_keys", sa.Column("holder", sa.String(64)))
    op.create_index(op.f("ix_api_keys_holder"), "api_keys", ["holder"])


def downgrade() -> None:
    """Take them away; personal keys with them, for without a holder they would act by themselves."""
    op.execute("DELETE FROM api_keys WHERE holder IS NOT NULL")
    op.drop_index(op.f("ix_api_keys_holder"), "api_keys")
    op.drop_column("api_keys", "holder")
    op.drop_column("sessions", "agent")
