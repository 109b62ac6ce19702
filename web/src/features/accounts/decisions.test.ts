import { expect, it } from 'vitest';
import type { RoleRequest } from '../../api/roles';
import { newDecisions } from './decisions';

const NOW = new Date('2026-10-01T00:00:00Z');

function request(id: string, state: RoleRequest['state'], decided_at: string | null): RoleRequest {
  const who = { user_name: 'mei', display_name: '李梅', role: 'analyst', reason: '月报', note: '' };
  return { ...who, id, state, asked_at: '2026-09-01T00:00:00Z', decided_at, decided_by: decided_at && 'boss' };
}

it('tells the decisions of the last week that one has not seen', () => {
  const requests = [
    request('waits', 'open', null),
    request('took back', 'withdrawn', '2026-09-30T00:00:00Z'),
    request('given', 'granted', '2026-09-30T08:00:00.25Z'),
    request('refused', 'declined', '2026-09-29T00:00:00Z'),
    request('long ago', 'granted', '2026-09-20T00:00:00Z'),
  ];
  const told = (seenAt: string) => newDecisions(requests, seenAt, NOW).map(({ id }) => id);
  expect(told('')).toEqual(['given', 'refused']);
  expect(told('2026-09-29T00:00:00Z')).toEqual(['given']);
  expect(told('2026-09-30T08:00:00.25Z')).toEqual([]);
});
