import { describe, expect, it } from 'vitest';
import { RehearsalError } from '../../shared/errors.ts';
import { SqlPieces } from './sql-pieces.ts';

const DUMP = String.raw`--
-- PostgreSQL database dump
--

\restrict f00

-- Dumped from database version 15.20

SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

--
-- Name: body(); Type: FUNCTION; Schema: public; Owner: shop
--

CREATE FUNCTION public.body() RETURNS text
    LANGUAGE plpgsql
    AS $_$ begin return 'a;b'; end; $_$;

--
-- Name: orders; Type: TABLE; Schema: public; Owner: shop
--

CREATE TABLE public.orders (
    id integer DEFAULT 1 NOT NULL,
    "odd;name" text DEFAULT 'it''s; \'
);

/* a block comment; */
--
-- Data for Name: orders; Type: TABLE DATA; Schema: public; Owner: shop
--

COPY public.orders (id, "odd;name") FROM stdin;
1	one
2	\N
\.

--
-- Name: orders orders_pkey; Type: CONSTRAINT; Schema: public; Owner: shop
--

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

--
-- PostgreSQL database dump complete
--

\unrestrict f00

`;

async function read(text: string | Buffer, chunkBytes = 64, openEnd = false): Promise<string[]> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    return Promise.resolve();
  }
  const pieces = new SqlPieces('shop.sql', { openEnd });
  const seen: string[] = [];
  for await (const piece of pieces.read(chunks())) {
    seen.push(`${piece.type} of ${pieces.frame.object ?? '-'}`);
  }
  return seen;
}

async function failure(text: string | Buffer, chunkBytes = 64): Promise<string> {
  const error: unknown = await read(text, chunkBytes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof RehearsalError ? `${error.code} ${error.message}` : `no error: ${String(error)}`;
}

describe('SqlPieces', () => {
  it('names the object of each part of a dump', async () => {
    const parts = (await read(DUMP)).filter((part) => !part.startsWith('comment'));
    expect(parts).toEqual([
      'meta of -',
      'statement of -',
      'statement of -',
      'statement of FUNCTION public.body()',
      'statement of TABLE public.orders',
      'statement of TABLE DATA public.orders',
      'copy-data of TABLE DATA public.orders',
      'copy-end of TABLE DATA public.orders',
      'statement of CONSTRAINT public.orders orders_pkey',
      'meta of -',
    ]);
  });

  it('calls a dump that breaks off at any byte truncated', async () => {
    const end =
      DUMP.indexOf('-- PostgreSQL database dump complete') + '-- PostgreSQL database dump complete'.length;
    const headEnd = DUMP.indexOf('-- PostgreSQL database dump\n') + '-- PostgreSQL database dump'.length;
    for (let length = 0; length < end; length += 1) {
      const said = await failure(DUMP.slice(0, length), 1 + (length % 50));
      const expected =
        length < headEnd
          ? /^SNAPSHOT_INVALID shop\.sql is not SQL: it (is empty|holds no statement|begins with no command of PostgreSQL)$/
          : /^SNAPSHOT_INVALID shop\.sql ends .*: the file is truncated$/;
      expect(said, `cut after ${length} bytes`).toMatch(expected);
    }
    for (const length of [end, end + 1, DUMP.length]) await read(DUMP.slice(0, length));
  });

  it.each([
    ['2\t\\N\n', 'ends in the middle of COPY public.orders (line 34): the file is truncated'],
    [
      "'it''s",
      'ends in the middle of a string of CREATE TABLE public.orders (line 24): the file is truncated',
    ],
    [
      'PRIMARY',
      'ends in the middle of ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey (line 43): the file is truncated',
    ],
    ['/* a', 'ends in the middle of a comment (line 29): the file is truncated'],
    ['\\.\n', 'ends at line 38 without the closing line of pg_dump: the file is truncated'],
  ])('tells where a dump that ends behind %j broke off', async (last, message) => {
    const text = DUMP.slice(0, DUMP.indexOf(last) + last.length);
    expect(await failure(text)).toBe(`SNAPSHOT_INVALID shop.sql ${message}`);
  });

  it.each([
    ['', 'it is empty'],
    ['\n-- only a comment\n', 'it holds no statement'],
    ['  <!DOCTYPE html><html>…', 'it is an HTML page'],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'it is an XML document'],
    ['{"rows": [1, 2]}', 'it begins with no command of PostgreSQL'],
    ['id,name\n1,Ada Lovelace\n', 'it begins with no command of PostgreSQL'],
    ['PRAGMA foreign_keys=OFF;', 'it begins with no command of PostgreSQL'],
    [Buffer.from('\u{FEFF}select 1;', 'utf16le'), 'it is UTF-16 text; write it as UTF-8'],
    [Buffer.from([1, 2, 0, 255, 254]), 'it holds binary data'],
    ['PGDMP…', 'it is a compressed pg_dump archive (custom); decompress it first'],
  ])('refuses %j: %s', async (text, why) => {
    expect(await failure(text)).toBe(`SNAPSHOT_INVALID shop.sql is not SQL: ${why}`);
  });

  it.each([
    '\u{FEFF}select 1;',
    '(select 1);',
    '\\restrict x\nselect 1;',
    '/* mine */ with a as (select 1) select 2;',
  ])('takes %j for SQL', async (text) => {
    expect((await read(text)).at(-1)).toBe('statement of -');
  });

  it('runs a last statement without semicolon only where that is allowed', async () => {
    expect(await read('select 1; select 2', 5, true)).toEqual(['statement of -', 'statement of -']);
    expect(await failure('select 1; select 2')).toBe(
      'SNAPSHOT_INVALID shop.sql ends in the middle of select (line 1): the file is truncated',
    );
    await expect(read("select 'a", 5, true)).rejects.toThrow('in the middle of a string');
  });

  it('follows dumps that stand one behind the other', async () => {
    await read(
      `--\n-- PostgreSQL database cluster dump\n--\nCREATE ROLE a;\n${DUMP}\n--\n-- PostgreSQL database cluster dump complete\n--\n`,
    );
    expect(await failure(`--\n-- PostgreSQL database cluster dump\n--\nCREATE ROLE a;\n${DUMP}`)).toMatch(
      /truncated$/,
    );
  });
});
