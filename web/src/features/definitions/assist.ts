/** Completion and explanations of a definition's YAML: from its kind's schema and the names that the city has. Pure. */
import type { Assist, Suggestion } from '../../ui/CodeView';
import { ITEM, type Place, placeAt } from './place';
import {
  descriptionOf,
  isNode,
  type Node,
  namesAt,
  type Property,
  propertiesAt,
  propertyAt,
  type Shape,
  shapesOf,
  valuesAt,
} from './schema';

export interface NamedThing {
  name: string;
  title: string;
}

export interface Known {
  schema: Node;
  /** Names of one kind, with titles in the person's language. */
  names: (kind: string) => readonly NamedThing[];
  words: {
    shape: (shape: Shape) => string;
    required: string;
    allowed: (values: string) => string;
    usual: (value: string) => string;
    namesOf: (kind: string) => string;
    or: string;
  };
}

/** Longest list of allowed values in an explanation. */
const MOST_SHOWN = 12;

export function assistOf(known: Known): Assist {
  return {
    complete(text, at) {
      const place = placeAt(text, at);
      if (!place) return undefined;
      const keys = place.role === 'key' ? keysAt(known, place) : [];
      const suggestions = [...keys, ...(keys.length > 0 ? [] : valuesOf(known, place))];
      return { from: place.from, suggestions };
    },
    explain(text, at) {
      const place = placeAt(text, at);
      if (!place) return undefined;
      const after = /^[^\s:,\]}#"']*/.exec(text.slice(at))?.[0] ?? '';
      const word = place.typed + after;
      const to = at + after.length;
      const path = place.role === 'key' ? [...place.path, word] : place.path;
      const thing = place.role === 'value' || place.path.at(-1) === ITEM ? named(known, place.path, word) : undefined;
      const property = propertyAt(known.schema, path.at(-1) === ITEM ? path.slice(0, -1) : path);
      if (thing) return { from: place.from, to, title: thing.title, lines: [known.words.namesOf(thing.kind)] };
      if (!property) return undefined;
      return { from: place.from, to, title: property.key, lines: linesOf(known, property) };
    },
  };
}

function keysAt(known: Known, place: Place): Suggestion[] {
  return propertiesAt(known.schema, place.path)
    .filter((each) => !place.siblings.includes(each.key) && each.key !== 'kind')
    .map((each, i) => ({
      label: each.key,
      insert: `${each.key}: `,
      kind: 'key' as const,
      detail: [shapeWords(known, each), each.required ? known.words.required : ''].filter(Boolean).join(' · '),
      info: descriptionOf(known.schema, each.node),
      boost: (each.required ? 50 : 0) - Math.min(i, 40),
    }));
}

function valuesOf(known: Known, place: Place): Suggestion[] {
  const kind = namesAt(known.schema, place.path);
  const isList = place.role === 'value' && shapesAt(known, place).includes('list') && place.path.at(-1) !== ITEM;
  if (isList) return [];
  const names = kind ? known.names(kind) : [];
  return [
    ...valuesAt(known.schema, place.path).map((label) => ({ label, kind: 'value' as const })),
    ...names.map(({ name, title }) => ({ label: name, kind: 'name' as const, detail: title })),
  ];
}

function shapesAt(known: Known, place: Place): readonly Shape[] {
  const property = propertyAt(known.schema, place.path);
  return property ? shapesOf(known.schema, property.node) : [];
}

function named(known: Known, path: readonly string[], word: string): (NamedThing & { kind: string }) | undefined {
  const kind = namesAt(known.schema, path);
  const thing = kind ? known.names(kind).find((each) => each.name === word) : undefined;
  return kind && thing ? { ...thing, kind } : undefined;
}

function linesOf(known: Known, property: Property): string[] {
  const allowed = valuesAt({ ...known.schema, properties: { here: property.node } }, ['here']);
  const usual = property.node.default;
  return [
    descriptionOf(known.schema, property.node),
    [shapeWords(known, property), property.required ? known.words.required : ''].filter(Boolean).join(' · '),
    allowed.length > 1 ? known.words.allowed(allowed.slice(0, MOST_SHOWN).join(' · ')) : '',
    isPlain(usual) ? known.words.usual(String(usual)) : '',
  ].filter(Boolean);
}

function shapeWords(known: Known, property: Property): string {
  return shapesOf(known.schema, property.node).map(known.words.shape).join(known.words.or);
}

function isPlain(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !isNode(value) && !Array.isArray(value);
}
