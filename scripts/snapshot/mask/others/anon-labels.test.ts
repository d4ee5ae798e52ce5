import { expect, it } from 'vitest';
import { ruleOfLabel } from './anon-labels.ts';

it.each([
  ['MASKED WITH FUNCTION anon.fake_email()', { kind: 'email' }],
  ['MASKED WITH FUNCTION anon.partial_email(mail)', { kind: 'email' }],
  ['MASKED WITH FUNCTION anon.hash(name)', { kind: 'hash' }],
  ['masked with function pg_catalog.md5(name)', { kind: 'hash' }],
  ['MASKED WITH FUNCTION anon.partial(phone,2,$$******$$,2)', { kind: 'scramble' }],
  ["MASKED WITH FUNCTION anon.generalize_daterange(born,'year')", { kind: 'generalise', to: 'year' }],
  ['MASKED WITH FUNCTION anon.generalize_int4range(age,10)', { kind: 'scramble' }],
  ['MASKED WITH VALUE NULL', { kind: 'null' }],
  ["MASKED WITH VALUE 'it''s secret' ", { kind: 'value', text: "it's secret" }],
  ['MASKED WITH VALUE $$CONFIDENTIAL$$', { kind: 'value', text: 'CONFIDENTIAL' }],
  ['MASKED WITH VALUE 0', { kind: 'value', text: '0' }],
  ['NOT MASKED', 'keep'],
  ['MASKED', undefined],
  ['QUASI IDENTIFIER', undefined],
  ['system_u:object_r:sepgsql_table_t:s0', undefined],
])('the label %s asks for %j', (label, rule) => {
  expect(ruleOfLabel(label)).toEqual(rule);
});
