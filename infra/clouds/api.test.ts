import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { Api } from './api.ts';

let server: Server | undefined;
let requests: string[] = [];
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  requests = [];
});

/** @param answer undefined = none, ever */
async function apiOf(answer: [number, Record<string, string>, string] | undefined): Promise<Api> {
  const listening = createServer((request, response) => {
    requests.push(request.method ?? '');
    if (answer) response.writeHead(answer[0], answer[1]).end(answer[2]);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return new Api({
    title: 'Cloud',
    base: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    headers: () => ({}),
    said: () => ({ message: 'no', about: 'other' }),
    requestMs: 400,
    pauseMs: 1,
  });
}
const limit = (): AbortSignal => AbortSignal.timeout(20_000);

it('asks again where nothing was answered, and orders no second time', async () => {
  const api = await apiOf(undefined);
  const silent = { code: 'CLOUD_UNCLEAR', message: 'Cloud GET /hosts: no answer in 0.4 s' };
  await expect(api.get('/hosts?page=1', z.unknown(), limit())).rejects.toMatchObject(silent);
  expect(requests).toEqual(['GET', 'GET', 'GET', 'GET', 'GET']);
  await expect(api.post('/hosts', {}, z.unknown(), limit())).rejects.toMatchObject({ code: 'CLOUD_UNCLEAR' });
  expect(requests.filter((method) => method === 'POST')).toHaveLength(1);
});

it('sends no order once it was told to stop', async () => {
  const api = await apiOf([201, {}, '{}']);
  const stopped = AbortSignal.abort(new Error('interrupted'));
  await expect(api.post('/hosts', {}, z.unknown(), stopped)).rejects.toThrow('interrupted');
  expect(requests).toEqual([]);
});

it('says of too many requests that waiting helps', async () => {
  const api = await apiOf([429, { 'retry-after': '0' }, '']);
  await expect(api.get('/hosts', z.unknown(), limit())).rejects.toMatchObject({
    code: 'CLOUD_REFUSED',
    about: 'rate',
    message: 'Cloud GET /hosts answers 429: no',
  });
});

it('sends its token to no other place', async () => {
  const api = await apiOf([302, { location: 'http://127.0.0.1:1/' }, '']);
  await expect(api.get('/hosts', z.unknown(), limit())).rejects.toMatchObject({ code: 'CLOUD_UNCLEAR' });
});
