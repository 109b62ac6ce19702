"""The audit log finds altered, removed, reordered and cut-off entries at their number."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from cityloop.foundation.audit import Act, Anchor, AuditLog, audit_head, audit_log
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database


@pytest.fixture
def log(clock: FakeClock, tmp_path: Path, database: Database) -> AuditLog:
    log = AuditLog(clock, Anchor(tmp_path / "anchor", tmp_path / "keys" / "audit"))
    with database.begin() as tx:
        log.record(tx, *(Act(f"user{i}", "read", "visits", details={"rows": i}) for i in range(20)))
    with database.read() as connection:
        log.publish_head(connection)
    return log


def test_untouched_log_is_sound(log: AuditLog, database: Database) -> None:
    with database.begin() as tx:
        log.record(tx, Act("mei", "export", "visits", purpose="report"))
    with database.read() as connection:
        verdict = log.verify(connection)
    assert (verdict.entries, verdict.broken_at) == (21, None)


@pytest.mark.parametrize("column", ["actor", "verb", "target", "purpose", "outcome"])
def test_altered_entry_is_located(log: AuditLog, database: Database, column: str) -> None:
    with database.begin() as tx:
        tx.execute(audit_log.update().where(audit_log.c.seq == 7).values({column: "forged"}))
    with database.read() as connection:
        assert log.verify(connection).broken_at == 7


def test_removed_entry_is_located(log: AuditLog, database: Database) -> None:
    with database.begin() as tx:
        tx.execute(audit_log.delete().where(audit_log.c.seq == 5))
    with database.read() as connection:
        assert log.verify(connection).broken_at == 5


def test_swapped_entries_are_located(log: AuditLog, database: Database) -> None:
    with database.begin() as tx:
        for old, new in ((3, 100), (4, 3), (100, 4)):
            tx.execute(audit_log.update().where(audit_log.c.seq == old).values(seq=new))
    with database.read() as connection:
        assert log.verify(connection).broken_at == 3


def test_cut_off_end_is_found_even_when_the_head_is_forged(
    log: AuditLog, database: Database
) -> None:
    with database.begin() as tx:
        tx.execute(audit_log.delete().where(audit_log.c.seq > 15))
        kept = tx.execute(sa.select(audit_log.c.hash).where(audit_log.c.seq == 15)).scalar_one()
        tx.execute(audit_head.update().values(seq=15, hash=kept))
    with database.read() as connection:
        assert log.verify(connection).broken_at == 16


def test_forged_anchor_is_found(log: AuditLog, database: Database, tmp_path: Path) -> None:
    anchor = tmp_path / "anchor"
    anchor.write_text(anchor.read_text().replace("20 ", "15 ", 1))
    with database.read() as connection:
        assert log.verify(connection).reason == "the anchor's signature is wrong"


def test_rolled_back_act_leaves_no_entry(log: AuditLog, database: Database) -> None:
    with pytest.raises(RuntimeError), database.begin() as tx:
        log.record(tx, Act("mei", "delete", "visits"))
        raise RuntimeError
    with database.read() as connection:
        assert log.verify(connection).entries == 20
