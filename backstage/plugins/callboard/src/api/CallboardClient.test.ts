/** @jest-environment node */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigReader } from '@backstage/config';
import type { IdentityApi } from '@backstage/core-plugin-api';
import { row } from '../../dev/made';
import { CallboardClient } from './CallboardClient';
import type { CallboardFailure } from './errors';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let answer: Answer;
let asked: { method?: string; url?: string; body: string; token?: string }[];

const json = (body: unknown, status = 200): Answer => (_, response) => {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
};

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push({ method: request.method, url: request.url, body, token: request.headers.authorization });
      answer(request, response);
    });
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise(resolve => {
    server.close(resolve);
  });
});

const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const client = (config: object = {}) =>
  new CallboardClient({
    configApi: new ConfigReader({ callboard: config }),
    discoveryApi: { getBaseUrl: async plugin => `${origin()}/api/${plugin}` },
    fetchApi: { fetch },
    identityApi: { getCredentials: async () => ({ token: 'the-readers' }) } as IdentityApi,
  });

describe('the client, against a server', () => {
  it('asks through the portal’s proxy, or directly where the configuration says so', async () => {
    answer = json({});
    await client().component('Component:default/Cart');
    await client({ proxyPath: '/security' }).doNow();
    await client({ baseUrl: `${origin()}/` }).findings('is:open', { limit: 50 });
    expect(asked.map(each => each.url)).toEqual([
      '/api/proxy/callboard/api/v1/components/component/default/cart',
      '/api/proxy/security/api/v1/do-now',
      '/api/v1/findings?q=is%3Aopen&limit=50',
    ]);
  });

  it('sends the reader’s token along where it asks directly; through the proxy the portal’s own fetch does', async () => {
    answer = json({});
    await client().doNow();
    await client({ baseUrl: origin() }).doNow();
    await client({ baseUrl: origin() }).confirm({ resource: 'r-1', component: 'component:default/cart', reason: '', source: null });
    expect(asked.map(each => each.token)).toEqual([undefined, 'Bearer the-readers', 'Bearer the-readers']);
  });

  it('asks for all rows of one moment at once', async () => {
    answer = json({ components: [row({ ref: 'component:default/b' })], total: 1, next_cursor: null });
    const api = client();
    const found = await Promise.all([api.row('component:default/a'), api.row('component:default/b')]);
    expect(found.map(each => each?.ref)).toEqual([undefined, 'component:default/b']);
    expect(asked.map(each => each.url)).toEqual([
      '/api/proxy/callboard/api/v1/components?ref=component%3Adefault%2Fa&ref=component%3Adefault%2Fb&limit=200',
    ]);
  });

  it.each([
    [400, 'bad-query'],
    [401, 'signed-out'],
    [403, 'refused'],
    [404, 'not-found'],
    [409, 'conflict'],
    [500, 'broken'],
    [502, 'unreachable'],
    [503, 'unreachable'],
  ] as [number, CallboardFailure][])('a %i is "%s", with the service’s own words', async (status, failure) => {
    answer = json({ title: 'No.', detail: 'Not so.', hint: 'Do this.', request_id: '01J' }, status);
    await expect(client().doNow()).rejects.toMatchObject({ failure, message: 'Not so.', hint: 'Do this.', requestId: '01J' });
  });

  it('a page that is not the service’s is no answer', async () => {
    answer = (_, response) => response.end('<html>Sign in</html>');
    await expect(client().doNow()).rejects.toMatchObject({ failure: 'broken' });
  });

  it('a service that is gone is told as that', async () => {
    answer = (request) => request.socket.destroy();
    await expect(client().doNow()).rejects.toMatchObject({ failure: 'unreachable' });
  });

  it('asks what the reader may say about one resource', async () => {
    answer = json({ may_confirm: [], may_deny: [] });
    await client().whose('arn:aws:s3:::a b', 'wiz');
    expect(asked.map(each => each.url)).toEqual([
      '/api/proxy/callboard/api/v1/ownership/explain?id=arn%3Aaws%3As3%3A%3A%3Aa+b&source=wiz',
    ]);
  });

  it('asks about packages and the portal', async () => {
    answer = json({});
    const api = client();
    await api.whoUses({ package: 'lodash@<4.17.21', between: '2026-01-01..2026-02-01', limit: 50 });
    await api.sbomCoverage();
    await api.sbom('Component:default/Cart');
    await api.packages('component:default/cart', { start: 50, limit: 50 });
    await api.portalRisks();
    await api.portalRisks('acme');
    expect(asked.map(each => each.url?.replace('/api/proxy/callboard/api/v1/', ''))).toEqual([
      'who-uses?package=lodash%40%3C4.17.21&between=2026-01-01..2026-02-01&limit=50',
      'sbom-coverage',
      'components/component/default/cart/sbom',
      'components/component/default/cart/packages?start=50&limit=50',
      'portal/risks',
      'portal/risks?name=acme',
    ]);
  });

  it.each([
    [{}, 1],
    [{ doNotTrack: '1' }, 0],
    [{ globalPrivacyControl: true }, 0],
  ])('tells that a link was followed and what was in sight, unless the browser asks not to be tracked: %o', async (browser, told) => {
    answer = json({ counted: true });
    const usual = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: browser, configurable: true });
    try {
      const api = client();
      api.followed(17);
      const heard = () => asked.filter(each => each.url?.endsWith('/findings/17/followed'));
      do {
        await api.doNow();
      } while (heard().length < told);
      expect(heard()).toHaveLength(told);
      api.seen([17, 18]);
      const seen = () => asked.filter(each => each.url?.endsWith('/seen'));
      do {
        await api.doNow();
      } while (seen().length < told);
      expect(seen().map(each => JSON.parse(each.body))).toEqual(told ? [{ findings: [17, 18] }] : []);
    } finally {
      Object.defineProperty(globalThis, 'navigator', usual ?? { value: undefined, configurable: true });
    }
  });

  it('says that something is not ours, and knows a proxy that passes no changes', async () => {
    const word = { resource: 'r-1', component: 'component:default/cart', reason: 'moved', source: 'wiz' };
    answer = json({ id: 5 });
    await expect(client().notOurs(word)).resolves.toEqual({ id: 5 });
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/api/proxy/callboard/api/v1/ownership/not-ours' });
    expect(JSON.parse(asked[0].body)).toEqual(word);
    const api = client();
    answer = json({ title: 'There is no such thing.', request_id: '01J' }, 404);
    await expect(api.notOurs(word)).rejects.toMatchObject({ failure: 'not-found' });
    expect(api.passesChanges()).toBe(true);
    answer = (_, response) => response.writeHead(404).end();
    await expect(api.notOurs(word)).rejects.toMatchObject({ failure: 'read-only' });
    expect(api.passesChanges()).toBe(false);
  });

  it('says something about findings with a key that no proxy drops', async () => {
    answer = json({ decision: 7 });
    await client().decide({ act: 'take', findings: [17], seen: 3 }, 'once');
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/api/proxy/callboard/api/v1/decisions' });
    expect(JSON.parse(asked[0].body)).toEqual({ act: 'take', findings: [17], seen: 3, key: 'once' });
    answer = (_, response) => response.writeHead(404).end();
    const api = client();
    await expect(api.decide({ act: 'take', findings: [17] }, 'twice')).rejects.toMatchObject({ failure: 'read-only' });
    expect(api.passesChanges()).toBe(false);
  });

  it('offers no changes where the configuration says so, and tells no clicks', async () => {
    answer = json({});
    const api = client({ readOnly: true });
    expect(api.passesChanges()).toBe(false);
    api.followed(17);
    api.seen([17]);
    await api.doNow();
    expect(asked.map(each => each.url)).toEqual(['/api/proxy/callboard/api/v1/do-now']);
  });
});
