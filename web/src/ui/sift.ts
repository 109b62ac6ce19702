/** Which rows a search and facets leave, and how many each choice would leave. Pure. */
export interface Facet<Row> {
  label: string;
  /** What a row has of it; none of the choices when null. */
  of: (row: Row) => string | readonly string[] | null;
  words: (value: string) => string;
  /** Choices in this order; without it those that rows have, by their words. */
  among?: readonly string[];
}

export type Facets<Row> = Readonly<Record<string, Facet<Row>>>;

export interface Choice {
  value: string;
  label: string;
  /** Rows that it would leave, with all other filters as they are; undefined when only the server knows. */
  count?: number;
}

/** Every word of `q` stands in `text`. */
export function says(text: string, q: string): boolean {
  const inside = text.toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => inside.includes(word));
}

/** Rows whose text says `q` and that have what each facet asks for; `except` names a facet to look past. */
export function sifted<Row>(
  rows: readonly Row[],
  textOf: (row: Row) => string,
  facets: Facets<Row>,
  wanted: Readonly<Record<string, string>>,
  except?: string,
): Row[] {
  const asked = Object.entries(facets).filter(([key]) => key !== except && wanted[key]);
  return rows.filter(
    (row) =>
      asked.every(([key, facet]) => valuesOf(facet, row).includes(wanted[key] ?? '')) &&
      says(textOf(row), wanted.q ?? ''),
  );
}

/** What a facet offers for `rows`, those that all other filters leave. */
export function choicesOf<Row>(facet: Facet<Row>, all: readonly Row[], rows: readonly Row[]): Choice[] {
  const counts = new Map<string, number>();
  for (const row of rows) for (const value of valuesOf(facet, row)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const present = new Set(all.flatMap((row) => valuesOf(facet, row)));
  const values = facet.among?.filter((value) => present.has(value)) ?? [...present];
  const choices = values.map((value) => ({ value, label: facet.words(value), count: counts.get(value) ?? 0 }));
  return facet.among ? choices : choices.sort((a, b) => a.label.localeCompare(b.label, 'zh-CN'));
}

function valuesOf<Row>(facet: Facet<Row>, row: Row): readonly string[] {
  const value = facet.of(row);
  return value === null ? [] : typeof value === 'string' ? [value] : value;
}
