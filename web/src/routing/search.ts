/**
 * View state in the URL: each page names its parameters once; what is invalid or the default is left out, never a crash.
 *
 *     const view = viewOf({ q: text(), tab: oneOf(['all', 'mine'], 'all'), page: whole(1) });
 *     createRoute({ …, validateSearch: view.read })
 *     const [state, change] = useView(route, view);   // state.tab is 'all' | 'mine'
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

export interface Parameter<T> {
  initial: T;
  /** The value that `raw` means, undefined when it means none. */
  parse: (raw: unknown) => T | undefined;
}

export type Parameters = Record<string, Parameter<unknown>>;
type StateOf<P extends Parameters> = { [Name in keyof P]: P[Name]['initial'] };
export interface View<P extends Parameters> {
  parameters: P;
  read: (raw: Record<string, unknown>) => Partial<StateOf<P>>;
}

export function text(initial = ''): Parameter<string> {
  return { initial, parse: (raw) => (/^(string|number|boolean)$/.test(typeof raw) ? String(raw) : undefined) };
}

export function whole(initial: number): Parameter<number> {
  return { initial, parse: (raw) => (Number.isInteger(Number(raw)) && raw !== '' ? Number(raw) : undefined) };
}

export function flag(initial = false): Parameter<boolean> {
  return { initial, parse: (raw) => (raw === true || raw === 'true' ? true : raw === false ? false : undefined) };
}

export function oneOf<const T extends string>(values: readonly T[], initial: NoInfer<T>): Parameter<T> {
  return { initial, parse: (raw) => values.find((value) => value === raw) };
}

export function list(initial: readonly string[] = []): Parameter<readonly string[]> {
  return {
    initial,
    parse: (raw) => (Array.isArray(raw) && raw.every((item) => typeof item === 'string') ? raw : undefined),
  };
}

/** Anything JSON, checked by `is`; for compact states such as a query. */
export function shape<T>(is: (raw: unknown) => raw is T, initial: T): Parameter<T> {
  return { initial, parse: (raw) => (is(raw) ? raw : undefined) };
}

export function viewOf<P extends Parameters>(parameters: P): View<P> {
  return {
    parameters,
    read(raw) {
      const kept: Partial<StateOf<P>> = {};
      for (const name in parameters) {
        const value = parameters[name]?.parse(raw[name]);
        if (value !== undefined && !same(value, parameters[name]?.initial)) kept[name] = value;
      }
      return kept;
    },
  };
}

/** State of the page from the URL, and how to change it; `push` makes a step that “back” undoes. */
export function useView<P extends Parameters>(
  view: View<P>,
): [StateOf<P>, (change: Partial<StateOf<P>>, how?: 'replace' | 'push') => void] {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const state = useMemo(() => stateOf(view, search), [view, search]);
  const change = useCallback(
    (changed: Partial<StateOf<P>>, how: 'replace' | 'push' = 'replace') => {
      void navigate({
        to: '.',
        search: (before: Record<string, unknown>) => view.read({ ...before, ...changed }),
        replace: how === 'replace',
        resetScroll: false,
      });
    },
    [navigate, view],
  );
  return [state, change];
}

export function stateOf<P extends Parameters>(view: View<P>, raw: Record<string, unknown>): StateOf<P> {
  const initial: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(view.parameters)) initial[name] = parameter.initial;
  const complete: unknown = { ...initial, ...view.read(raw) };
  return isState(view, complete) ? complete : never(view);
}

function isState<P extends Parameters>(view: View<P>, value: unknown): value is StateOf<P> {
  return typeof value === 'object' && value !== null && Object.keys(view.parameters).every((name) => name in value);
}

function never(view: View<Parameters>): never {
  throw new Error(`incomplete view state: ${Object.keys(view.parameters).join(', ')}`);
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
