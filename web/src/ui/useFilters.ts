/**
 * A list that can be searched, filtered and sorted: the rows left, what can be chosen, and all of it in the URL.
 *
 *     viewOf({ q: text(), owner: text(), sort: text(), down: flag() })   // the names; `sort` and `down` of tables
 */
import { type Parameters, useView, type View } from '../routing/search';
import type { Sorting } from './DataTable';
import { type Choice, choicesOf, type Facet, sifted } from './sift';

export interface Filter {
  key: string;
  label: string;
  value: string;
  choices: readonly Choice[];
}

export interface Filters<Row> {
  /** Rows left. */
  shown: readonly Row[];
  /** Rows that there are. */
  total: number;
  q: string;
  filters: readonly Filter[];
  isOn: boolean;
  set: (key: string, value: string) => void;
  clear: () => void;
  sorting: Sorting;
  onSort: (sorting: Sorting | undefined) => void;
}

export interface Filtering<P extends Parameters, Row> {
  /** What the search looks through. */
  textOf: (row: Row) => string;
  /** By the names that they have in the URL. */
  facets?: Partial<Record<keyof P & string, Facet<Row>>>;
}

export function useFilters<P extends Parameters, Row>(
  view: View<P>,
  rows: readonly Row[],
  { textOf, facets = {} }: Filtering<P, Row>,
): Filters<Row> {
  const [state, change] = useView<Parameters>(view);
  const known = Object.entries<Facet<Row> | undefined>(facets).flatMap(([key, facet]) =>
    facet ? [{ key, facet }] : [],
  );
  const wanted: Record<string, string> = {};
  for (const key of ['q', ...known.map((each) => each.key)]) wanted[key] = String(state[key] ?? '');
  const all = Object.fromEntries(known.map(({ key, facet }) => [key, facet]));
  const left = (except?: string) => sifted(rows, textOf, all, wanted, except);
  return {
    shown: left(),
    total: rows.length,
    q: wanted.q ?? '',
    filters: known.map(({ key, facet }) => ({
      key,
      label: facet.label,
      value: wanted[key] ?? '',
      choices: choicesOf(facet, rows, left(key)),
    })),
    isOn: Object.values(wanted).some(Boolean),
    set: (key, value) => change({ [key]: value }),
    sorting: { key: String(state.sort ?? ''), descending: state.down === true },
    onSort: (sorting) => change({ sort: sorting?.key ?? '', down: sorting?.descending ?? false }),
    clear: () => change(Object.fromEntries(Object.keys(wanted).map((key) => [key, '']))),
  };
}
