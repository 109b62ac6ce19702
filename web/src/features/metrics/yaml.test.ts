import { expect, it } from 'vitest';
import { yamlOf } from './yaml';

it('writes definitions as people do', () => {
  const definition = {
    name: 'decision_rate',
    title: { zh: '办结率', en: 'Decision rate' },
    type: 'ratio',
    percentile: 0.9,
    filter: "status = 'done'",
    synonyms: { zh: ['完成率'], en: [] },
    unit: '100',
  };
  expect(yamlOf(definition)).toBe(
    [
      'name: decision_rate',
      'title: {zh: 办结率, en: Decision rate}',
      'type: ratio',
      'percentile: 0.9',
      "filter: status = 'done'",
      'synonyms: {zh: [完成率], en: []}',
      'unit: "100"',
    ].join('\n'),
  );
});
