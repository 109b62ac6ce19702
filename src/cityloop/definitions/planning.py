"""What applying a draft would create, change, reword, delete or move, and what depends on it."""

from collections.abc import Iterable, Mapping

from cityloop.definitions.canonical import canonical, difference
from cityloop.definitions.checks import Kinds, candidate
from cityloop.definitions.model import (
    Action,
    Change,
    Draft,
    Entry,
    Key,
    Plan,
    Published,
    References,
)
from cityloop.definitions.problems import Overtaken


def require_base(base: Mapping[Key, int], published: Published) -> None:
    """Refuse a draft whose definitions were changed by somebody else since it was begun.

    Args:
        base: the version that each definition had when its text was begun; 0 when there was none.
        published: what there is now.

    Raises:
        Overtaken: one of them has another version now, is gone, or has come into being.
    """
    for (kind, name), version in base.items():
        stored = published.stored.get((kind, name))
        now = stored.version if stored else 0
        if now != version:
            author = stored.author_name if stored else ""
            raise Overtaken(kind=kind, name=name, base=version, version=now, author=author)


def plan(draft: Draft, published: Published, kinds: Kinds) -> Plan:
    """Return the plan of a draft without problems, decided against what is published."""
    after = candidate(draft, published)
    before = {key: stored.entry for key, stored in published.stored.items()}
    fates = {key: _fate(before.get(key), after.get(key)) for key in sorted({*before, *after})}
    changed = {key: fate for key, fate in fates.items() if fate is not None}
    definitions = [each.definition for each in (*before.values(), *after.values())]
    users = References(kinds, definitions)
    changes = tuple(
        _change(action, before.get(key), after.get(key), users.dependents_of([key]))
        for key, action in changed.items()
    )
    return Plan(
        revision=published.snapshot.revision,
        changes=changes,
        unchanged=len(fates) - len(changed),
        moves=tuple(_moves(before, after, changed)),
    )


def _fate(before: Entry | None, after: Entry | None) -> Action | None:
    if before is None:
        return "create"
    if after is None:
        return "delete"
    if before.text == after.text:
        return None
    return "reword" if before.definition == after.definition else "change"


def _change(
    action: Action, before: Entry | None, after: Entry | None, impact: tuple[Key, ...]
) -> Change:
    old, new = (_text(each, as_written=action == "reword") for each in (before, after))
    kind, name = key = _key(before, after)
    diff = difference(old, new, name="/".join(key))
    return Change(action, kind, name, diff, impact if action != "create" else (), before, after)


def _key(*entries: Entry | None) -> Key:
    return next(each.key for each in entries if each is not None)


def _text(entry: Entry | None, *, as_written: bool) -> str:
    if entry is None:
        return ""
    return entry.text if as_written else canonical(entry.definition)


def _moves(
    before: dict[Key, Entry], after: dict[Key, Entry], changed: Iterable[Key]
) -> Iterable[Entry]:
    for key, new in after.items():
        old = before.get(key)
        if old and key not in changed and (old.file, old.position) != (new.file, new.position):
            yield new
