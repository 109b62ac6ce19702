/** New questions from old ones: a piece left out or put in another's place. */
import type { Chip } from './queries';

/** Times that a chip of time can be changed to, by language. */
export const TIMES = {
  zh: ['今天', '昨天', '最近7天', '最近30天', '本月', '上月'],
  en: ['today', 'yesterday', 'in the last 7 days', 'in the last 30 days', 'this month', 'last month'],
} as const;

const LOOSE: readonly string[] = ['value', 'time', 'grain', 'dimension', 'top', 'order', 'trend'];

/** Whether the piece can be left out and the question still makes sense. */
export function isLoose(chip: Chip, question: string): boolean {
  return !chip.assumed && LOOSE.includes(chip.kind) && chip.text !== '' && question.includes(chip.text);
}

export function without(question: string, piece: string): string {
  return tidy(question.replace(piece, ' '));
}

export function withInstead(question: string, piece: string, other: string): string {
  return tidy(piece && question.includes(piece) ? question.replace(piece, other) : `${other} ${question}`);
}

/** The question cut at the pieces, to mark them. */
export function cut(question: string, pieces: readonly string[]): { words: string; isMarked: boolean }[] {
  const known = pieces.filter((piece) => piece && question.includes(piece));
  if (known.length === 0) return [{ words: question, isMarked: false }];
  const pattern = new RegExp(`(${known.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`);
  return question
    .split(pattern)
    .filter(Boolean)
    .map((words) => ({ words, isMarked: known.includes(words) }));
}

function tidy(question: string): string {
  return question
    .replace(/\s+/g, ' ')
    .replace(/([\u4e00-\u9fff]) (?=[\u4e00-\u9fff])/g, '$1')
    .replace(/^[，,的 ]+|[，, ]+$/g, '');
}
