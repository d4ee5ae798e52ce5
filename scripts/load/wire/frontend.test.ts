import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutgoingMessages, wireStatement } from './frontend.ts';

/** The messages in a piece of protocol, as letter and body. */
function cut(bytes: Buffer): [type: string, body: Buffer][] {
  const found: [string, Buffer][] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    found.push([bytes.toString('latin1', at, at + 1), bytes.subarray(at + 5, end)]);
    at = end;
  }
  return found;
}

/** The parameters in the body of a Bind message. */
function boundValues(body: Buffer, statement: string): (string | null)[] {
  let at = Buffer.byteLength(`\0${statement}\0`);
  expect(body.toString('utf8', 0, at)).toBe(`\0${statement}\0`);
  expect(body.readInt16BE(at)).toBe(0); // all in text format
  const values: (string | null)[] = [];
  const count = body.readInt16BE(at + 2);
  at += 4;
  for (let index = 0; index < count; index++) {
    const length = body.readInt32BE(at);
    at += 4;
    values.push(length < 0 ? null : body.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  expect(body.length).toBe(at + 2);
  expect(body.readInt16BE(at)).toBe(0); // results in text format
  return values;
}

const value = fc.oneof(
  fc.constant(null),
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ minLength: 300, maxLength: 3000 }),
);

describe('OutgoingMessages', () => {
  it('carry every text and NULL unharmed, however long', () => {
    fc.assert(
      fc.property(fc.array(fc.array(value, { maxLength: 5 }), { maxLength: 4 }), (runs) => {
        const out = new OutgoingMessages();
        for (let repeat = 0; repeat < 2; repeat++) {
          for (const values of runs) out.addRun(wireStatement(7, 'SELECT 1', values.length, false), values);
          const found = cut(out.take());
          expect(found.map(([type]) => type).join('')).toBe('BES'.repeat(runs.length));
          const bound = found.filter(([type]) => type === 'B').map(([, body]) => boundValues(body, 's7'));
          expect(bound).toEqual(runs);
        }
      }),
    );
  });

  it('ask for the names of columns only where a script wants the row', () => {
    const out = new OutgoingMessages();
    const statement = wireStatement(0, 'SELECT 1 AS é', 0, true);
    out.add(statement.close);
    out.add(statement.parse);
    out.addRun(statement, []);
    const found = cut(out.take());
    expect(found.map(([type]) => type).join('')).toBe('CPBDES');
    expect(found[0]?.[1].toString()).toBe('Ss0\0');
    expect(found[1]?.[1].toString()).toBe('s0\0SELECT 1 AS é\0\0\0');
    expect(found[3]?.[1].toString()).toBe('P\0');
  });
});
