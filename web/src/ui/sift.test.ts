import { expect, it } from 'vitest';
import { choicesOf, sifted } from './sift';

const people = [
  { name: 'Lin', team: 'roads', roles: ['analyst', 'steward'] },
  { name: 'Chen', team: 'water', roles: ['analyst'] },
  { name: 'Linda', team: null, roles: [] },
];
const facets = {
  team: { label: 'Team', of: (each: (typeof people)[number]) => each.team, words: (value: string) => value },
  role: {
    label: 'Role',
    of: (each: (typeof people)[number]) => each.roles,
    words: (value: string) => value,
    among: ['steward', 'analyst', 'auditor'],
  },
};
const left = (wanted: Record<string, string>, except?: string) =>
  sifted(people, (each) => `${each.name} ${each.team}`, facets, wanted, except).map((each) => each.name);

it('leaves rows that say every word and have what is asked for', () => {
  expect(left({})).toEqual(['Lin', 'Chen', 'Linda']);
  expect(left({ q: 'ROADS lin' })).toEqual(['Lin']);
  expect(left({ q: 'lin', role: 'analyst' })).toEqual(['Lin']);
  expect(left({ team: 'nowhere' })).toEqual([]);
  expect(left({ team: 'water', role: 'steward' }, 'team')).toEqual(['Lin']);
});

it('offers what rows have, with how many would be left', () => {
  const [lin] = people;
  expect(choicesOf(facets.team, people, lin ? [lin] : [])).toEqual([
    { value: 'roads', label: 'roads', count: 1 },
    { value: 'water', label: 'water', count: 0 },
  ]);
  expect(choicesOf(facets.role, people, people).map(({ value, count }) => [value, count])).toEqual([
    ['steward', 1],
    ['analyst', 2],
  ]);
});
