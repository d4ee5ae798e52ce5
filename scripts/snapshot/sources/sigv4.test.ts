import { expect, it } from 'vitest';
import { signedHeaders } from './sigv4.ts';

it('signs a GET as the example of the Amazon S3 API reference does', () => {
  const { authorization } = signedHeaders({
    url: new URL('https://examplebucket.s3.amazonaws.com/test.txt'),
    headers: { range: 'bytes=0-9' },
    credentials: {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
    region: 'us-east-1',
    at: new Date('2013-05-24T00:00:00Z'),
  });
  expect(authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});

it('signs a key with odd characters, a query and a session token the same whatever their order', () => {
  const sign = (url: string) =>
    signedHeaders({
      url: new URL(url),
      headers: {},
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' },
      region: 'eu-central-1',
      at: new Date('2026-11-20T02:00:00Z'),
    });
  const signed = sign('http://127.0.0.1:9000/dumps/a%20b%2B(c).sql?versionId=1&a=2');
  expect(signed).toEqual(sign('http://127.0.0.1:9000/dumps/a%20b%2B%28c%29.sql?a=2&versionId=1'));
  expect(signed).toMatchObject({ 'x-amz-date': '20261120T020000Z', 'x-amz-security-token': 'token' });
});
