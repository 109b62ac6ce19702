"""What an alert says of its order is kept in both languages."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the English words; a description without them is a person's, in one language."""
    op.add_column("orders", sa.Column("description_en", sa.String(), nullable=True))


def downgrade() -> None:
    """Keep the Chinese words only."""
    op.drop_column("orders", "description_en")
