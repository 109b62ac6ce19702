/** In which order the palette shows what it found: the likeliest first. Pure. */

/** How well something says what was typed. */
export const CLOSENESS = { same: 0, begins: 1, word: 2, inside: 3, elsewhere: 4 } as const;

/** Data and work before what describes and runs them; a question is the way on when nothing else was meant. */
const KINDS = ['dashboards', 'metrics', 'datasets', 'workorders', 'alerts', 'sources', 'people', 'definitions'];
const OWN = ['pages', 'commands'];

/** How near `text` is to the nearest of the names something has; `elsewhere` when it was found by other words. */
export function closeness(text: string, names: readonly string[]): number {
  const typed = text.toLowerCase();
  return Math.min(...names.map((name) => nearness(typed, name.toLowerCase())));
}

function nearness(typed: string, name: string): number {
  if (name === typed) return CLOSENESS.same;
  if (name.startsWith(typed)) return CLOSENESS.begins;
  if (name.split(/[\s_\-/·.]+/).some((word) => word.startsWith(typed))) return CLOSENESS.word;
  return name.includes(typed) ? CLOSENESS.inside : CLOSENESS.elsewhere;
}

/** The nearest first; what is equally near stays in its order. */
export function nearest<T>(text: string, all: readonly T[], namesOf: (one: T) => readonly string[]): T[] {
  const near = new Map(all.map((each) => [each, closeness(text, namesOf(each))]));
  return [...all].sort((a, b) => (near.get(a) ?? 0) - (near.get(b) ?? 0));
}

interface Named {
  kind: string;
  title: string;
  /** Its name in addresses. */
  name: string;
}

/**
 * Pages and commands that are called or begin like `text` come first, then the city's things, each kind together, then pages and
 * commands in which it only occurs, last the question. Things come as they are ranked within their kind.
 */
export function arranged<T extends Named, U extends { kind: string }>(
  text: string,
  own: readonly T[],
  things: readonly U[],
): (T | U)[] {
  const groups = new Map<string, (T | U)[]>();
  for (const [kind, some] of Map.groupBy(own, (each) => each.kind))
    groups.set(
      kind,
      nearest(text, some, ({ title, name }) => [title, name]),
    );
  for (const [kind, some] of Map.groupBy(things, (each) => each.kind)) groups.set(kind, some);
  const leads = OWN.filter((kind) =>
    own.some((each) => each.kind === kind && closeness(text, [each.title, each.name]) <= CLOSENESS.begins),
  );
  const others = [...groups.keys()].filter((kind) => !KINDS.includes(kind) && !OWN.includes(kind));
  const order = [...leads, ...KINDS, ...OWN.filter((kind) => !leads.includes(kind)), ...others];
  return order.flatMap((kind) => groups.get(kind) ?? []);
}
