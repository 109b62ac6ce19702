/**
 * Where in a YAML text a cursor stands: the keys above it and what is being typed. Pure.
 *
 * Indentation and the brackets of one line say it all for what people write here; the text need not be sound, since it
 * is asked while somebody types.
 */

/** Stands for “some item of the list”. */
export const ITEM = '*';

export interface Place {
  /** Keys from the top to the mapping, list or value that the cursor is in; items of lists are `*`. */
  path: readonly string[];
  /** A key is being typed, or a value; a key may turn out to be an item's plain value. */
  role: 'key' | 'value';
  /** What is typed before the cursor, and where it begins. */
  typed: string;
  from: number;
  /** Keys that the same mapping has already. */
  siblings: readonly string[];
}

interface Sign {
  column: number;
  key?: string;
}
interface Line {
  signs: readonly Sign[];
  /** Column at which the key's value, or what is no key, begins. */
  rest: number;
}

const KEY = /^("[^"]*"|'[^']*'|[^\s"'#{}[\],&*!|>%@`-][^:#{}[\]]*?|-[^\s:][^:#]*?)\s*:(?=\s|$)/;

export function placeAt(text: string, at: number): Place | undefined {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  const whole = text.slice(start, end < 0 ? undefined : end);
  const before = text.slice(start, at);
  if (inComment(before)) return undefined;
  const line = signsOf(before);
  const lines = text.split('\n');
  const row = text.slice(0, start).split('\n').length - 1;
  const own = line.signs.at(-1);
  const hasKey = own?.key !== undefined;
  const rest = before.slice(line.rest);
  const column = hasKey ? own.column : line.rest;
  const { path, siblings } = above(lines, row, line.signs, column);
  const base = hasKey ? [...path, unquoted(own.key ?? '')] : path;
  const flow = inFlow(rest, whole.slice(line.rest), base, start + line.rest);
  if (flow) return flow;
  const typed = rest.trimStart();
  const from = at - typed.length;
  if (hasKey)
    return /\s/.test(before.slice(line.rest - 1, line.rest) || ' ') || rest !== ''
      ? { path: base, role: 'value', typed, from, siblings: [] }
      : undefined;
  return { path: base, role: 'key', typed, from, siblings: [...siblings, ...below(lines, row, column)] };
}

function signsOf(line: string): Line {
  const signs: Sign[] = [];
  let column = line.length - line.trimStart().length;
  while (/^-(\s|$)/.test(line.slice(column))) {
    signs.push({ column });
    const after = line.slice(column + 1);
    column += 1 + (after.length - after.trimStart().length || 0);
  }
  const key = KEY.exec(line.slice(column));
  if (!key) return { signs, rest: column };
  signs.push({ column, key: key[1] ?? '' });
  column += key[0].length;
  if (line[column] === ' ') column += 1;
  return { signs, rest: column };
}

/** Keys around column `column` of line `row`, and the keys of the same mapping before it. */
function above(lines: readonly string[], row: number, own: readonly Sign[], column: number) {
  const path: string[] = [];
  const siblings: string[] = [];
  let here = column;
  let isItem = false;
  const look = (signs: readonly Sign[]) => {
    for (const sign of [...signs].reverse()) {
      const isKey = sign.key !== undefined;
      if (sign.column < here || (sign.column === here && isItem && isKey)) {
        path.unshift(isKey ? unquoted(sign.key ?? '') : ITEM);
        here = sign.column;
        isItem = !isKey;
      } else if (sign.column === here && isKey && path.length === 0) siblings.push(unquoted(sign.key ?? ''));
    }
  };
  look(own.filter((sign) => sign.column < column));
  for (let i = row - 1; i >= 0 && (here > 0 || isItem || path.length === 0); i -= 1) {
    const line = lines[i] ?? '';
    if (/^---(\s|$)/.test(line)) break;
    if (line.trim() !== '' && !line.trimStart().startsWith('#')) look(signsOf(line).signs);
  }
  return { path, siblings };
}

/** Keys of the same mapping after line `row`. */
function below(lines: readonly string[], row: number, column: number): string[] {
  const found: string[] = [];
  for (const line of lines.slice(row + 1)) {
    if (/^---(\s|$)/.test(line)) break;
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const first = signsOf(line).signs[0];
    if (!first || first.column < column || (first.key === undefined && first.column <= column)) break;
    if (first.column === column && first.key !== undefined) found.push(unquoted(first.key));
  }
  return found;
}

interface Frame {
  isMap: boolean;
  key?: string;
  begun: number;
  keys: string[];
}

/** The place inside brackets that are open at the end of `text`; undefined when none is. */
function inFlow(text: string, whole: string, base: readonly string[], offset: number): Place | undefined {
  const frames: Frame[] = [];
  let quote = '';
  let open: Frame[] = [];
  let top: Frame | undefined;
  for (let i = 0; i <= whole.length; i += 1) {
    if (i === text.length) {
      open = frames.map((frame) => ({ ...frame }));
      top = frames.at(-1);
      if (!top) return undefined;
    }
    if (i > text.length && top && !frames.includes(top)) break;
    const char = whole[i] ?? '';
    const frame = frames.at(-1);
    if (quote) quote = char === quote ? '' : quote;
    else if ((char === '"' || char === "'") && whole.slice(frame?.begun ?? 0, i).trim() === '') quote = char;
    else if (char === '{' || char === '[') frames.push({ isMap: char === '{', begun: i + 1, keys: [] });
    else if (char === '}' || char === ']') frames.pop();
    else if (char === ',' && frame) {
      delete frame.key;
      frame.begun = i + 1;
    } else if (char === ':' && frame?.isMap && frame.key === undefined && /[\s"'}\]]|^$/.test(whole[i + 1] ?? '')) {
      frame.key = unquoted(whole.slice(frame.begun, i).trim());
      frame.keys.push(frame.key);
      frame.begun = i + 1;
    }
  }
  const last = open.at(-1);
  if (!last) return undefined;
  const path = [
    ...base,
    ...open.flatMap((frame) => (frame.isMap ? (frame.key === undefined ? [] : [frame.key]) : [ITEM])),
  ];
  const typed = text.slice(last.begun).trimStart();
  const isKey = last.isMap && last.key === undefined;
  const typing = isKey
    ? unquoted(
        whole
          .slice(last.begun)
          .split(/[:,}\]]/)[0]
          ?.trim() ?? '',
      )
    : '';
  return {
    path,
    role: isKey ? 'key' : 'value',
    typed,
    from: offset + text.length - typed.length,
    siblings: isKey ? (top?.keys ?? []).filter((key) => key !== typing) : [],
  };
}

function inComment(before: string): boolean {
  let quote = '';
  for (let i = 0; i < before.length; i += 1) {
    const char = before[i] ?? '';
    if (quote) quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = /[\s[{,:(]|^$/.test(before[i - 1] ?? '') ? char : '';
    else if (char === '#' && /\s|^$/.test(before[i - 1] ?? '')) return true;
  }
  return false;
}

function unquoted(key: string): string {
  return /^(".*"|'.*')$/.test(key) ? key.slice(1, -1) : key;
}
