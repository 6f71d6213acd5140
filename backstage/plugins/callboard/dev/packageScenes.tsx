/** Who uses a package, what a component consists of, and the portal's own risks, in every state. */
import type { CallboardApi } from '../src/api/CallboardApi';
import { CallboardError } from '../src/api/errors';
import { CallboardPage } from '../src/page/CallboardPage';
import { ComponentPackages } from '../src/uses/ComponentPackages';
import { before } from './made';
import { componentPackages, riskRegister, sbom, sbomCoverage, usage, whoUses } from './madePackages';
import { failing, service, silent } from './service';
import type { Scene } from './scene';

const DAY = 86_400_000;

const uses = (name: string, api: CallboardApi, says: Scene['says'], at = '/?tab=who-uses&package=lodash'): Scene => ({
  name: `who uses: ${name}`,
  api,
  says,
  at,
  element: <CallboardPage />,
});

const found = (some: Parameters<typeof whoUses>[0]) => service({ whoUses: async () => whoUses(some) });
const none = { uses: [], total: 0, components: 0, owners: 0, versions: [] };
const bad = new CallboardError('bad-query', '"=>4" is no range.', { hint: 'Write >=4.' });

const whoUsesScenes: Scene[] = [
  uses('nothing asked', service(), 'What they consist of is known of 51 of 60 components.', '/?tab=who-uses'),
  uses(
    'no component in sight',
    service({ sbomCoverage: async () => sbomCoverage({ components: 0, covered: 0, reasons: [] }) }),
    'There is no component that you may ask about.',
    '/?tab=who-uses',
  ),
  uses('found', service(), '3 components of 1 team'),
  uses('more', found({ total: 140, next_cursor: 'c' }), 'Show more'),
  uses(
    'in the past',
    found({ start: before(40 * DAY), end: before(9 * DAY), uses: [usage({ until: before(12 * DAY) })], total: 1, components: 1 }),
    'In that time, in 1 place',
    '/?tab=who-uses&package=lodash&from=2026-09-01&to=2026-10-01',
  ),
  uses(
    'not compared',
    found({ not_compared: [{ purl: 'pkg:generic/lodash@nightly', ecosystem: 'generic', version: 'nightly' }] }),
    '1 package could not be compared.',
  ),
  uses('nobody', found(none), 'Nobody, as far as is known'),
  uses('nothing known', found({ ...none, manifests: 0 }), 'Nothing is known of what components consist of.'),
  uses('not understood', service({ whoUses: () => Promise.reject(bad) }), 'Write >=4.', '/?tab=who-uses&package=lodash%40%3D%3E4'),
  uses('loading', silent(), 'Loading who uses it…'),
  uses('refused', failing('refused'), 'Not allowed'),
  uses('unreachable', failing('unreachable'), 'Uses of packages cannot be shown now'),
];

const packages = (name: string, api: CallboardApi, says: Scene['says']): Scene => ({
  name: `packages: ${name}`,
  api,
  says,
  element: (
    <ComponentPackages
      entityRef="component:default/checkout-api"
      owners={['group:default/checkout']}
      findings="/catalog/default/component/checkout-api/callboard"
      uses="/callboard"
    />
  ),
});

const missing = { reason: 'no-repository', sentence: 'Its catalog entry names no repository, and nothing was handed in.' };

const packageScenes: Scene[] = [
  packages('known', service(), '1,204 packages'),
  packages('more', service({ packages: async () => componentPackages({ next_start: 50 }) }), 'Show more'),
  packages('not known', service({ sbom: async () => sbom({ missing, manifests: [], packages: 0 }) }), 'hands it in.'),
  packages('loading', silent(), 'Loading packages…'),
  packages('not yours', failing('not-found'), 'Ask checkout if you expected something.'),
  packages('unreachable', failing('unreachable'), 'Packages cannot be shown now'),
];

const portal = (name: string, api: CallboardApi, says: Scene['says'], at = '/?tab=portal'): Scene => ({
  name: `portal safety: ${name}`,
  api,
  says,
  at,
  element: <CallboardPage />,
});

const judged = (some: Parameters<typeof riskRegister>[0]) => service({ portalRisks: async () => riskRegister(some) });
const forbidden = new CallboardError('refused', 'You may not see the risks of the portal itself.', {
  hint: 'They are for security, and for who looks after Callboard.',
});

const portalScenes: Scene[] = [
  portal('risks', service(), 'flatmap-stream 0.1.1 was made to harm'),
  portal(
    'old, of several, without a catalog',
    judged({ old: true, at: before(9 * DAY), portals: ['acme-portal', 'other-portal'], components: null, teams: null, production: false }),
    'This is old.',
    '/?tab=portal&portal=acme-portal',
  ),
  portal('no risk', judged({ risks: [], bands: {}, worst: null }), '1 thing could not be judged, and may hold some.'),
  portal('all good', judged({ risks: [], bands: {}, worst: null, not_evaluated: [] }), 'Everything that is looked at was judged.'),
  portal('not judged', failing('not-found'), 'Nothing was judged yet'),
  portal('of none such', failing('not-found'), 'Nothing was judged yet of nobody', '/?tab=portal&portal=nobody'),
  portal('not for the reader', service({ portalRisks: () => Promise.reject(forbidden) }), 'This is not for everybody.'),
  portal('loading', silent(), 'Loading the portal’s risks…'),
  portal('signed out', failing('signed-out'), 'Not signed in to Callboard'),
  portal('unreachable', failing('unreachable'), 'The portal’s risks cannot be shown now'),
];

export const ofPackages: Scene[] = [...whoUsesScenes, ...packageScenes, ...portalScenes];
