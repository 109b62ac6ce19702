/** SQL of one line, laid out for reading: a clause a line, subqueries indented. Words in quotes stay as they are. */
const CLAUSES =
  /^(WITH|SELECT|FROM|WHERE|GROUP BY|ORDER BY|HAVING|LIMIT|QUALIFY|UNION ALL|UNION|(?:LEFT |RIGHT |FULL |INNER |CROSS |FULL OUTER |LEFT OUTER )?JOIN)\b/;
const WIDE = 90;

export function layOut(sql: string): string {
  if (sql.includes('\n')) return sql;
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  /** For each open parenthesis: whether a subquery began in it. */
  const open: boolean[] = [];
  const end = () => {
    if (line.trim()) lines.push('  '.repeat(depth) + line.trim());
    line = '';
  };
  let at = 0;
  while (at < sql.length) {
    const rest = sql.slice(at);
    const quoted = /^("(?:[^"]|"")*"|'(?:[^']|'')*')/.exec(rest)?.[0];
    const isStart = at === 0 || /[\s(]/.test(sql[at - 1] ?? '');
    const clause = !quoted && isStart && open.every(Boolean) ? CLAUSES.exec(rest)?.[0] : undefined;
    const piece = quoted ?? clause ?? rest.slice(0, 1);
    if (clause) end();
    if (piece === '(') {
      open.push(/^\(\s*(SELECT|WITH)\b/.test(rest));
      line += piece;
      if (open.at(-1)) {
        end();
        depth += 1;
      }
    } else if (piece === ')') {
      if (open.pop()) {
        end();
        depth -= 1;
      }
      line += piece;
    } else line += piece;
    if (piece === ',' && open.every(Boolean) && line.length > WIDE) end();
    at += piece.length;
  }
  end();
  return lines.join('\n');
}
