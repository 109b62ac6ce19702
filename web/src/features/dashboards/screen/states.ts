/** What a value means in words, and how its tone is drawn: colour and width, always beside the words. Pure. */
import type { Schema } from '../../../api/client';
import { TRAFFIC, type TrafficState } from '../../../theme/tokens';

export type State = Schema<'TileStateBody'>;
export type Tone = State['tone'];

const LOOK: Record<Tone, TrafficState> = { good: 'free', notice: 'slow', warning: 'congested', bad: 'severe' };

const VARIABLES: Record<TrafficState, string> = {
  free: 'var(--c-traffic-free)',
  slow: 'var(--c-traffic-slow)',
  congested: 'var(--c-traffic-congested)',
  severe: 'var(--c-traffic-severe)',
};

export function stateOf(states: readonly State[], value: number | null | undefined): State | undefined {
  if (value === null || value === undefined) return undefined;
  return states.findLast(({ from }) => from === null || value >= from);
}

export function colourOf(tone: Tone): string {
  return TRAFFIC[LOOK[tone]].colour;
}

/** Width of a line of this tone, px at a 1440 × 900 window. */
export function widthOf(tone: Tone): number {
  return TRAFFIC[LOOK[tone]].width;
}

/** The same colour as a CSS variable, for what the page draws itself. */
export function variableOf(tone: Tone): string {
  return VARIABLES[LOOK[tone]];
}
