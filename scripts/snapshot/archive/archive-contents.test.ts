import { expect, it } from 'vitest';
import { filterContents } from './archive-contents.ts';

it('leaves out extensions that the server lacks, their comments, and the schema that every database has', () => {
  const kept = [
    ';     Dumped from database version: 15.20',
    '3; 3079 16700 EXTENSION - pg_trgm ',
    '3400; 0 0 COMMENT - EXTENSION pg_trgm ',
    '3401; 0 0 COMMENT - SCHEMA public pg_database_owner',
    '216; 1259 16400 TABLE public orders shop',
  ];
  const list = [
    ...kept.slice(0, 1),
    '5; 2615 2200 SCHEMA - public pg_database_owner',
    '2; 3079 16500 EXTENSION - postgis ',
    ...kept.slice(1, 3),
    '3399; 0 0 COMMENT - EXTENSION postgis ',
    ...kept.slice(3),
  ].join('\n');
  expect(filterContents(list, new Set(['plpgsql', 'pg_trgm']))).toEqual({
    list: kept.join('\n'),
    missingExtensions: ['postgis'],
    keptExtensions: ['pg_trgm'],
  });
});
