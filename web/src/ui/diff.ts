/** A unified diff as rows to draw: each line with its number on either side, changed lines paired. Pure. */

export interface Side {
  line: number;
  text: string;
}
export interface DiffRow {
  kind: 'same' | 'changed' | 'added' | 'removed' | 'gap';
  before?: Side;
  after?: Side;
}

export function rowsOf(diff: string): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  let before = 0;
  let after = 0;
  let removed: Side[] = [];
  let added: Side[] = [];
  const old = (text: string): Side => {
    before += 1;
    return { line: before, text };
  };
  const fresh = (text: string): Side => {
    after += 1;
    return { line: after, text };
  };
  const settle = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i += 1) {
      const [gone, come] = [removed[i], added[i]];
      if (gone && come) rows.push({ kind: 'changed', before: gone, after: come });
      else if (gone) rows.push({ kind: 'removed', before: gone });
      else if (come) rows.push({ kind: 'added', after: come });
    }
    removed = [];
    added = [];
  };
  for (const line of diff.split('\n').slice(2)) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    const text = line.slice(1);
    if (hunk) {
      settle();
      if (Number(hunk[1]) > before + 1) rows.push({ kind: 'gap' });
      before = Number(hunk[1]) - 1;
      after = Number(hunk[2]) - 1;
    } else if (line.startsWith('-')) removed.push(old(text));
    else if (line.startsWith('+')) added.push(fresh(text));
    else if (line.startsWith(' ')) {
      settle();
      rows.push({ kind: 'same', before: old(text), after: fresh(text) });
    }
  }
  settle();
  return rows;
}

/** The rows one below the other: what went, then what came, run by run. */
export function unified(rows: readonly DiffRow[]): readonly DiffRow[] {
  const flat: DiffRow[] = [];
  let late: DiffRow[] = [];
  for (const row of rows) {
    if (row.kind === 'changed' && row.before && row.after) {
      flat.push({ kind: 'removed', before: row.before });
      late.push({ kind: 'added', after: row.after });
      continue;
    }
    if (row.kind !== 'removed') {
      flat.push(...late);
      late = [];
    }
    flat.push(row);
  }
  return [...flat, ...late];
}

/** What two lines share at both ends: the middle is what changed. */
export function sharedEnds(a: string, b: string): [number, number] {
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return [start, end];
}
