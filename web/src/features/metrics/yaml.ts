/** A definition as YAML, as people write it in the city's folder. Pure; only what definitions hold. */

const PLAIN = /^[\p{L}_][\p{L}\p{N}_ .%/()$-]*$/u;
const WORDS = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off']);

export function yamlOf(value: unknown, depth = 0): string {
  const indent = '  '.repeat(depth);
  if (isRecord(value))
    return Object.entries(value)
      .map(([key, part]) => {
        if (isScalar(part)) return `${indent}${key}: ${scalar(part)}`;
        const inline = flow(part);
        return inline.length < 90 ? `${indent}${key}: ${inline}` : `${indent}${key}:\n${yamlOf(part, depth + 1)}`;
      })
      .join('\n');
  if (Array.isArray(value))
    return value.map((part) => `${indent}- ${isScalar(part) ? scalar(part) : flow(part)}`).join('\n');
  return `${indent}${scalar(value)}`;
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (isRecord(value))
    return `{${Object.entries(value)
      .map(([key, part]) => `${key}: ${flow(part)}`)
      .join(', ')}}`;
  return scalar(value, true);
}

function scalar(value: unknown, isInFlow = false): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = PLAIN.test(value) && value.trim() === value && !WORDS.has(value.toLowerCase());
  return isPlain || (!isInFlow && /^[^\s:#&*!|>'"%@`[\]{},?-][^:#]*$/u.test(value) && Number.isNaN(Number(value)))
    ? value
    : JSON.stringify(value);
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
