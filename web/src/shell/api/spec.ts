/** The operations that the server's own OpenAPI document describes. Pure. */
export interface Parameter {
  name: string;
  place: string;
  isRequired: boolean;
  words: string;
}

export interface Operation {
  id: string;
  tag: string;
  method: string;
  path: string;
  summary: string;
  words: string;
  parameters: Parameter[];
  /** Body to send, as indented JSON. */
  example: string | null;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export function readSpec(document: unknown): Operation[] {
  return entries(at(document, 'paths')).flatMap(([path, verbs]) =>
    entries(verbs)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({
        id: text(at(operation, 'operationId')),
        tag: text(list(at(operation, 'tags'))[0]),
        method: method.toUpperCase(),
        path,
        summary: text(at(operation, 'summary')),
        words: text(at(operation, 'description')),
        parameters: list(at(operation, 'parameters')).map((each) => ({
          name: text(at(each, 'name')),
          place: text(at(each, 'in')),
          isRequired: at(each, 'required') === true,
          words: text(at(each, 'description')),
        })),
        example: exampleOf(at(operation, 'requestBody', 'content', 'application/json'), document),
      })),
  );
}

/** A call that can be pasted into a terminal. */
export function curlOf({ method, path, example }: Operation, origin: string): string {
  const lines = [`curl -X ${method} '${origin}${path}'`, "  -H 'Authorization: Bearer TOKEN'"];
  if (example) lines.push("  -H 'Content-Type: application/json'", `  -d '${example.replaceAll("'", "'\\''")}'`);
  return lines.join(' \\\n');
}

function exampleOf(content: unknown, document: unknown): string | null {
  if (content === undefined) return null;
  const name =
    text(at(content, 'schema', '$ref'))
      .split('/')
      .at(-1) ?? '';
  const schema = name ? at(document, 'components', 'schemas', name) : at(content, 'schema');
  const found =
    at(content, 'example') ??
    at(entries(at(content, 'examples'))[0]?.[1], 'value') ??
    at(schema, 'example') ??
    list(at(schema, 'examples'))[0];
  return found === undefined ? null : JSON.stringify(found, null, 2);
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => new Map(entries(inner)).get(key), value);
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
