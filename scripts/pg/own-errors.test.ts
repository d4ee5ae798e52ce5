import { describe, expect, it } from 'vitest';
import { isOwnError } from './own-errors.ts';

describe('isOwnError', () => {
  it.each([
    '40001',
    '40P01',
    '23505',
    '23503',
    '22003',
    'P0001',
    'P0002',
    '57014',
    '55P03',
    'OL001',
    '70001',
    'ZZ999',
  ])('%s is one that a healthy app can have', (code) => {
    expect(isOwnError(code)).toBe(true);
  });

  it.each([
    '42703',
    '42501',
    '28P01',
    '08006',
    '53300',
    '57P01',
    '55000',
    '0A000',
    'XX000',
    '72000',
    '25P02',
    'lost',
    'unfinished',
  ])('%s is an app that does not work', (code) => {
    expect(isOwnError(code)).toBe(false);
  });
});
