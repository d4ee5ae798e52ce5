import { describe, expect, it } from 'vitest';
import { isUrl, readableUrl, urlMistakes } from './snapshot-url.ts';

it('tells a URL from a path', () => {
  expect(['https://h/a', 'S3://b/k', './a:b', '/a//b', 'dump.sql', 'c:\\dump.sql'].map(isUrl)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

it.each([
  [
    'postgres://ada:x@a:1,[::1]:2,c/d?sslmode=require',
    'postgres://ada:x@a/d?host=a,::1,c&port=1,2,&sslmode=require',
  ],
  ['postgres://ada@/d?host=/run', 'postgres://ada@localhost/d?host=/run'],
  ['postgres://ada@/d', 'postgres://ada@/d'],
  ['postgres://ada@h:1/d?a=b', 'postgres://ada@h:1/d?a=b'],
  ['https://h/a,b', 'https://h/a,b'],
])('%s is read as %s', (written, url) => {
  expect(readableUrl(written)).toBe(url);
});

describe('the URL of a snapshot', () => {
  it.each([
    'https://host/shop.sql.gz',
    'http://127.0.0.1:8080/shop.sql',
    's3://bucket/folder/shop.dump?versionId=3',
    'ssh://ada@host:2222/var/dumps/shop.sql.zst',
    'ssh://[::1]/var/dumps/shop.sql.zst',
    'postgres://reader@replica:6432/shop?sslmode=verify-full',
    'postgresql:///shop?host=/var/run/postgresql',
    'postgres://reader@a:5432,[::1]:5433,c/shop?target_session_attrs=prefer-standby',
    'postgres://reader@/shop?host=/var/run/postgresql',
    'postgres:///?service=shop',
  ])('%s is one', (url) => {
    expect(urlMistakes(url, [])).toEqual([]);
  });

  it.each([
    ['http://host/shop.sql', ['goes over the network in the clear; write https://']],
    [
      'ftp://host/shop.sql',
      [
        expect.stringMatching(
          /^ftp:\/\/ is not read here; write https:\/\/host.*, postgres:.*, s3:.* or ssh:/,
        ),
      ],
    ],
    ['s3://bucket', ['names no file behind its host']],
    ['postgres://', ['names no host', 'names no database behind its host']],
    [
      'postgres://h/d?options=-c&user=a',
      [expect.stringMatching(/^says options, user, and only host, port,/)],
    ],
    ['postgres://a/d?target_session_attrs=slave', [expect.stringMatching(/^has a target_session_attrs/)]],
    [
      'postgres://a/d?host=a,b,c&port=1,2',
      ['names 3 hosts and 2 ports; write one port, or one for each host'],
    ],
    ['https://host/', ['names no file behind its host']],
    ['https://:x/y', ['is not a URL; write it as in https://host/shop.sql.gz']],
    ['ssh://ada:swordfish@host/d', [expect.stringMatching(/^has a password, and ssh takes none/)]],
    ['s3://AKIA:swordfish@bucket/d', [expect.stringMatching(/^has keys in it; give them by AWS_/)]],
    ['ftp://host/a#b', [expect.anything(), 'has a # in it; write %23 for one in a name']],
  ])('%s is told with all that is wrong', (url, expected) => {
    const found = urlMistakes(url, ['swordfish']);
    expect(found).toEqual(expected);
    expect(found.join()).not.toContain('swordfish');
  });

  it.each([
    'https://ada:sword%26fish@host/d',
    'postgres://ada:sword%26fish@host/d',
    'https://host/d?X-Amz-Signature=sword%26fish&a=b',
  ])('%s has a secret, which has to come from the environment', (url) => {
    const recorded = [expect.stringMatching(/^has a secret in it, which would be recorded/)];
    expect(urlMistakes(url, [])).toEqual(recorded);
    expect(urlMistakes(url, ['sword&fish'])).toEqual([]);
    expect(urlMistakes(url, [url])).toEqual([]);
  });
});
