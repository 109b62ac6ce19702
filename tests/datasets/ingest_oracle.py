"""The brief's rules for one dataset of cars, row by row in plain Python: what the set operations must agree with.

Written from docs/datasets.md, not from the code; imports nothing from it.
"""

import csv
import io
from dataclasses import dataclass, field

NULLS = {"", "无", "/", "-", "N/A"}


@dataclass
class Oracle:
    """Cars with an integer id (the key), a plate and a speed of 0–150; ``last`` wins or conflicts are put aside."""

    keyed: bool = True
    last: bool = False
    stored: dict[object, tuple[object, ...]] = field(default_factory=dict)
    aside: int = 0

    def load(self, text: str) -> dict[str, object]:
        """Take one delivery in and return its counts."""
        rows = [self._judge(cells) for cells in list(csv.reader(io.StringIO(text)))[1:]]
        rules: dict[str, int] = {}
        duplicate = [False] * len(rows)
        conflict = [False] * len(rows)
        self._compare_within(rows, duplicate, conflict)
        if self.keyed:
            for place, (values, reasons) in enumerate(rows):
                untyped = {"type", "unit", "shape"} & {rule for rule, _ in reasons}
                if values and not untyped and self.stored.get(values[0]) == values:
                    duplicate[place] = True
        good = inserted = 0
        for place, (values, reasons) in enumerate(rows):
            for rule in {rule for rule, _ in reasons} | (
                {"key_conflict"} if conflict[place] else set()
            ):
                rules[rule] = rules.get(rule, 0) + 1
            if duplicate[place]:
                continue
            if reasons or conflict[place]:
                self.aside += 1
                continue
            key = values[0] if self.keyed else len(self.stored)
            inserted += key not in self.stored
            good += 1
            self.stored[key] = values
        return {
            "read": len(rows), "good": good, "inserted": inserted, "duplicate": sum(duplicate),
            "quarantined": len(rows) - good - sum(duplicate), "rules": rules,
        }  # fmt: skip

    def _compare_within(self, rows: list, duplicate: list[bool], conflict: list[bool]) -> None:
        seen: set[object] = set()
        for place, row in enumerate(rows):
            identity = repr(row)
            duplicate[place] = identity in seen and not (self.last and self.keyed and not row[1])
            seen.add(identity)
        if not self.keyed:
            return
        by_key: dict[object, list[int]] = {}
        for place, (values, _) in enumerate(rows):
            if values and values[0] is not None:
                by_key.setdefault(values[0], []).append(place)
        for places in by_key.values():
            if self.last:
                fine = [place for place in places if not rows[place][1]]
                for place in fine[:-1]:
                    duplicate[place] = True
            elif len({repr(rows[place]) for place in places}) > 1:
                for place in places:
                    conflict[place] = True

    def _judge(self, cells: list[str]) -> tuple[tuple[object, ...], tuple[tuple[str, str], ...]]:
        if len(cells) == 4 and cells[3] == "":
            cells = cells[:3]  # one surplus delimiter at the end of a line is forgiven
        if len(cells) != 3:
            return (), (("shape", ",".join(cells)),)
        number, plate, speed = (None if cell.strip() in NULLS else cell.strip() for cell in cells)
        reasons = []
        values: list[object] = [None, plate, None]
        if number is None and self.keyed:
            reasons.append(
                ("required", cells[0].strip())
            )  # the text as it came tells two rows apart
        elif number is not None:
            values[0] = int(number) if number.isascii() and number.isdigit() else None
            if values[0] is None:
                reasons.append(("unit" if number[0].isdigit() else "type", f"id {cells[0]}"))
        if speed is not None:
            try:
                values[2] = float(speed)
            except ValueError:
                reasons.append(("type", f"speed {cells[2]}"))
            else:
                if not 0 <= values[2] <= 150:
                    reasons.append(("range", f"speed {cells[2]}"))
        return tuple(values), tuple(reasons)
