import { expect, it } from 'vitest';
import { clockOf, verbFor } from './clock';

const base = { opened_at: '2026-09-30T00:00:00Z', due_at: '2026-09-30T10:00:00Z', finished_at: null };
const at = (hour: string) => new Date(`2026-09-30T${hour}:00:00Z`);

it('says how much time is left, and when little is', () => {
  expect(clockOf({ ...base, status: 'open' }, at('05'))).toEqual({
    kind: 'left',
    share: 0.5,
    seconds: 18_000,
    tone: 'info',
  });
  expect(clockOf({ ...base, status: 'accepted' }, at('08')).tone).toBe('warning');
});

it('says by how much an order is late', () => {
  expect(clockOf({ ...base, status: 'open' }, at('12'))).toEqual({
    kind: 'late',
    share: 1,
    seconds: 7_200,
    tone: 'bad',
  });
});

it('says how long a finished order took, and whether that was too long', () => {
  const done = { ...base, status: 'finished' as const };
  expect(clockOf({ ...done, finished_at: '2026-09-30T05:00:00Z' }, at('23')).kind).toBe('took');
  expect(clockOf({ ...done, finished_at: '2026-09-30T11:00:00Z' }, at('23')).kind).toBe('tookLate');
});

it('has no clock without a deadline', () => {
  expect(clockOf({ ...base, due_at: null, status: 'open' }, at('05'))).toMatchObject({ kind: 'free', share: null });
});

it('takes a drop only where the server allows the verb', () => {
  expect(verbFor({ stage: 'open', can: ['accept', 'finish'] }, 'accepted')).toBe('accept');
  expect(verbFor({ stage: 'open', can: ['comment'] }, 'accepted')).toBeUndefined();
  expect(verbFor({ stage: 'accepted', can: ['finish'] }, 'finished')).toBe('finish');
  expect(verbFor({ stage: 'review', can: ['finish'] }, 'accepted')).toBeUndefined();
  expect(verbFor({ stage: 'finished', can: ['comment'] }, 'open')).toBeUndefined();
});
