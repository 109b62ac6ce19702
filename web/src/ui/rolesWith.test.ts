import { describe, expect, it } from 'vitest';
import type { Role } from '../api/roles';
import { rolesWith } from './rolesWith';

const role = (name: string, ...permissions: string[]): Role => ({ name, title: { zh: name, en: name }, permissions });

describe('rolesWith', () => {
  const all = [
    role('administrator', '*'),
    role('steward', 'audit.view', 'definitions.view', 'sources.load'),
    role('auditor', 'audit.view', 'definitions.view'),
    role('analyst', 'definitions.view'),
  ];

  it('offers the least powerful first and the administrator last', () => {
    expect(rolesWith('audit.view', all).map(({ name }) => name)).toEqual(['auditor', 'steward', 'administrator']);
  });

  it('offers nobody but the administrator for what no other role holds', () => {
    expect(rolesWith('people.manage', all).map(({ name }) => name)).toEqual(['administrator']);
  });
});
