import { expect, it } from 'vitest';
import { curlOf, readSpec } from './spec';

const DOCUMENT = {
  paths: {
    '/api/ask': {
      parameters: [],
      post: {
        operationId: 'ask_question',
        tags: ['ask'],
        summary: 'Answer a question',
        parameters: [{ name: 'lang', in: 'query', required: true, description: 'zh or en' }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Asked' } } } },
      },
    },
  },
  components: { schemas: { Asked: { examples: [{ text: "it's" }] } } },
};

it('reads each operation with its parameters and an example to send', () => {
  expect(readSpec(DOCUMENT)).toEqual([
    {
      id: 'ask_question',
      tag: 'ask',
      method: 'POST',
      path: '/api/ask',
      summary: 'Answer a question',
      words: '',
      parameters: [{ name: 'lang', place: 'query', isRequired: true, words: 'zh or en' }],
      example: '{\n  "text": "it\'s"\n}',
    },
  ]);
  expect(readSpec(null)).toEqual([]);
});

it('writes a call for the terminal', () => {
  const [operation] = readSpec(DOCUMENT);
  expect(operation && curlOf({ ...operation, example: "{'a': 1}" }, 'http://here')).toBe(
    "curl -X POST 'http://here/api/ask' \\\n  -H 'Authorization: Bearer TOKEN' \\\n" +
      "  -H 'Content-Type: application/json' \\\n  -d '{'\\''a'\\'': 1}'",
  );
});
