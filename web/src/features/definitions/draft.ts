/** A text that somebody has not applied yet, kept in this browser until they have, apart for each person. */
import { useCallback, useState } from 'react';
import { useMe } from '../../api/session';

export interface Kept {
  text: string;
  /** Version that the text was begun from; 0: there was none. */
  version: number;
  at: string;
}

/** The draft of `place` (`metric/visits`, `new/metric`), and how to keep or drop one. */
export function useDraft(place: string): [Kept | undefined, (kept: Kept | undefined) => void] {
  const key = `cityloop.draft.${useMe().id}.${place}`;
  const [draft, setDraft] = useState(() => keptIn(localStorage.getItem(key)));
  const keep = useCallback(
    (kept: Kept | undefined) => {
      if (kept) localStorage.setItem(key, JSON.stringify(kept));
      else localStorage.removeItem(key);
      setDraft(kept);
    },
    [key],
  );
  return [draft, keep];
}

export function keptIn(raw: string | null): Kept | undefined {
  if (raw === null) return undefined;
  try {
    const found: unknown = JSON.parse(raw);
    return isKept(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isKept(value: unknown): value is Kept {
  return (
    typeof value === 'object' &&
    value !== null &&
    'text' in value &&
    typeof value.text === 'string' &&
    'version' in value &&
    typeof value.version === 'number' &&
    'at' in value &&
    typeof value.at === 'string'
  );
}

/** Whether two texts say the same to the server: it drops blank lines at the end. */
export function isSame(a: string, b: string): boolean {
  return a.trimEnd() === b.trimEnd();
}

/** The name that a text gives its definition, as far as it can be told while it is typed. */
export function nameIn(text: string): string {
  return /^name:[ \t]*["']?([\p{L}\p{N}_]+)/mu.exec(text)?.[1] ?? '';
}

/** The text under another name. */
export function renamed(text: string, name: string): string {
  return text.replace(/^(name:[ \t]*).*$/m, `$1${name}`);
}
