/** What a kind's JSON Schema says about a place: which keys, which values, whose names. Pure. */
import { ITEM } from './place';

export type Node = Record<string, unknown>;

export interface Spot {
  node: Node;
  /** Kind whose definitions are named here. */
  names?: string;
}

export interface Property {
  key: string;
  node: Node;
  required: boolean;
}

/** Every part of the schema that may hold at `path`. */
export function spotsAt(root: Node, path: readonly string[]): readonly Spot[] {
  let spots: readonly Spot[] = resolved(root, { node: root });
  for (const step of path) spots = spots.flatMap((spot) => stepped(root, spot, step));
  return spots;
}

/** The property that the last key of `path` is, undefined when there is none. */
export function propertyAt(root: Node, path: readonly string[]): Property | undefined {
  const key = path.at(-1);
  if (key === undefined) return undefined;
  return propertiesAt(root, path.slice(0, -1)).find((each) => each.key === key);
}

export function propertiesAt(root: Node, path: readonly string[]): readonly Property[] {
  const found = new Map<string, Property>();
  for (const { node } of spotsAt(root, path)) {
    const required = Array.isArray(node.required) ? node.required : [];
    for (const [key, part] of Object.entries(isNode(node.properties) ? node.properties : {}))
      if (isNode(part) && !found.has(key)) found.set(key, { key, node: part, required: required.includes(key) });
  }
  return [...found.values()];
}

/** Values that the schema itself allows here. */
export function valuesAt(root: Node, path: readonly string[]): readonly string[] {
  const found = spotsAt(root, path).flatMap(({ node }) => {
    if (Array.isArray(node.enum)) return node.enum.map(String);
    if (node.const !== undefined) return [String(node.const)];
    return node.type === 'boolean' ? ['true', 'false'] : [];
  });
  return [...new Set(found)];
}

/** The kind whose names may stand here, if any. */
export function namesAt(root: Node, path: readonly string[]): string | undefined {
  return spotsAt(root, path).find((spot) => spot.names)?.names;
}

export type Shape = 'text' | 'number' | 'integer' | 'boolean' | 'list' | 'mapping' | 'choice';

/** What may stand for a property, in words of `definitions:shape`. */
export function shapesOf(root: Node, node: Node): readonly Shape[] {
  const found = resolved(root, { node }).flatMap(({ node: part }): Shape[] => {
    if (Array.isArray(part.enum)) return ['choice'];
    switch (part.type) {
      case 'array':
        return ['list'];
      case 'object':
        return ['mapping'];
      case 'boolean':
      case 'number':
      case 'integer':
        return [part.type];
      case 'string':
        return ['text'];
      default:
        return [];
    }
  });
  return [...new Set(found)];
}

export function descriptionOf(root: Node, node: Node): string {
  if (typeof node.description === 'string') return node.description;
  const said = resolved(root, { node }).find(({ node: part }) => typeof part.description === 'string');
  return String(said?.node.description ?? '');
}

function stepped(root: Node, spot: Spot, step: string): readonly Spot[] {
  const { node } = spot;
  if (step === ITEM) return isNode(node.items) ? resolved(root, { ...spot, node: node.items }) : [];
  const part = isNode(node.properties) ? node.properties[step] : undefined;
  if (isNode(part)) return resolved(root, { node: part });
  return isNode(node.additionalProperties) ? resolved(root, { node: node.additionalProperties }) : [];
}

/** The node behind references, and each member of a choice. */
function resolved(root: Node, { node, names }: Spot): readonly Spot[] {
  const named = typeof node['x-names'] === 'string' ? node['x-names'] : names;
  const from = named === undefined ? {} : { names: named };
  if (typeof node.$ref === 'string') {
    const part = isNode(root.$defs) ? root.$defs[node.$ref.split('/').at(-1) ?? ''] : undefined;
    return isNode(part) ? resolved(root, { node: part, ...from }) : [];
  }
  const members = [node.anyOf, node.oneOf].find(Array.isArray);
  if (members) return members.filter(isNode).flatMap((part: Node) => resolved(root, { node: part, ...from }));
  return [{ node, ...from }];
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
