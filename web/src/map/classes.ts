/** Figures of places in classes: five steps from little to much, or the states that a tile names. Pure. */
import type { Tokens } from '../theme/tokens';

export type Tone = 'good' | 'notice' | 'warning' | 'bad';

export interface State {
  from?: number | null | undefined;
  words: string;
  tone: Tone;
}

/** One class: which figures are in it, what it is called, and how it is drawn in colour and in size. */
export interface Class {
  id: string;
  /** The least figure in it; the lowest class takes everything below the next. */
  from: number;
  words: string;
  colour: string;
  /** Lines, px. */
  width: number;
  /** Points, px. */
  radius: number;
}

export const STEPS = 5;
const WIDTHS = [1.25, 1.75, 2.25, 3, 4];
const RADII = [4, 5.5, 7, 9, 11];

/** Five classes of about equally many places; fewer where figures repeat. */
export function stepsOf(
  values: readonly number[],
  tokens: Tokens,
  words: (from: number, to: number, place: number) => string,
): Class[] {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  const bounds = Array.from({ length: STEPS }, (_, i) => sorted[Math.floor((i * sorted.length) / STEPS)]).filter(
    (each) => each !== undefined,
  );
  const distinct = [...new Set(bounds)];
  const colours = tokens.scale.slice(-STEPS);
  return distinct.map((from, i) => {
    const next = distinct[i + 1];
    const last = sorted.findLast((value) => next === undefined || value < next) ?? from;
    // One class stands in the middle of the scale, two at its ends.
    const place = distinct.length === 1 ? 2 : Math.round((i * (STEPS - 1)) / (distinct.length - 1));
    return {
      id: String(i),
      from,
      words: words(from, last, place),
      colour: colours[place] ?? tokens.primary,
      width: WIDTHS[place] ?? 2,
      radius: RADII[place] ?? 4,
    };
  });
}

const SERIOUS: Record<Tone, number> = { good: 0, notice: 2, warning: 3, bad: 4 };

/** The more serious, the wider and larger, whichever way the figures run. */
export function statesOf(states: readonly State[], tokens: Tokens): Class[] {
  const tones: Record<Tone, string> = {
    good: tokens.success,
    notice: tokens.link,
    warning: tokens.warning,
    bad: tokens.error,
  };
  return states.map(({ from, words, tone }, i) => ({
    id: String(i),
    from: from ?? Number.NEGATIVE_INFINITY,
    words,
    colour: tones[tone],
    width: WIDTHS[SERIOUS[tone]] ?? 2,
    radius: RADII[SERIOUS[tone]] ?? 4,
  }));
}

/** The class of a figure; undefined for none, and for a figure below the lowest state. */
export function classOf(classes: readonly Class[], value: number | null): Class | undefined {
  return value === null ? undefined : classes.findLast(({ from }) => value >= from);
}
