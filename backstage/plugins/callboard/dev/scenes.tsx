/** Every component in every state that it has a face for. */
import type { ReactElement } from 'react';
import type { CallboardApi } from '../src/api/CallboardApi';
import { ComponentCard } from '../src/card/ComponentCard';
import { RollupCard } from '../src/card/RollupCard';
import { FigureCell } from '../src/catalog/FigureCell';
import FindingDrawer from '../src/finding/FindingDrawer';
import KeysDialog from '../src/keys/KeysDialog';
import { MyFindings } from '../src/home/MyFindings';
import { FindingsPanel } from '../src/list/FindingsPanel';
import { CallboardPage } from '../src/page/CallboardPage';
import { before, componentPage, counts, doNow, explanation, findingPage, listed, rollup, row, source } from './made';
import { ofPackages } from './packageScenes';
import { failing, service, silent } from './service';

/** One component in one state. */
export interface Scene {
  name: string;
  api: CallboardApi;
  element: ReactElement;
  /** Words that stand there, by which a test knows that the scene is complete. */
  says: string | RegExp;
  /** Where the page is. */
  at?: string;
}

const REF = 'component:default/checkout-api';
const TEAM = 'group:default/checkout';
const HOUR = 3_600_000;
const nothing = doNow().numbers;
const none = { ...nothing, open: 0, overdue: 0, due_soon: 0, new: 0 };

const old = source({ stale: true, last_run_at: before(27 * HOUR), last_full_at: before(27 * HOUR), reason: 'token refused' });
const part = source({ last_run_state: 'partial', reason: 'Wiz answered 8 of 11 pages' });
const held = source({ last_run_state: 'held', held_run: 12, reason: '31 % of open findings would be closed' });
const never = source({ last_full_at: null, last_run_at: null, last_run_state: null });

const componentCard = (name: string, api: CallboardApi, says: Scene['says']): Scene => ({
  name: `component card: ${name}`,
  api,
  says,
  element: <ComponentCard entityRef={REF} tab="/catalog/default/component/checkout-api/callboard" owners={['group:default/payments']} />,
});

const page = (some: Parameters<typeof componentPage>[0]) => service({ component: async () => componentPage(some) });

const clean = row({ open: counts(), overdue: 0, oldest_open_at: null });
const unmapped = row({ open: counts(), mapping: 'none', overdue: 0, checked_at: null });

const componentCards: Scene[] = [
  componentCard('findings', service(), 'All 16 open findings'),
  componentCard('loading', silent(), 'Loading findings…'),
  componentCard('none found', page({ component: clean, bundles: [] }), 'No open findings.'),
  componentCard('not mapped', page({ component: unmapped, bundles: [], annotations: [] }), 'Not mapped'),
  componentCard(
    'dangling',
    page({ component: unmapped, bundles: [], annotations: [{ key: 'wiz.io/project-id', value: 'p-9', dangling: true }] }),
    /matches nothing at any source/,
  ),
  componentCard(
    'annotated with what is nowhere',
    page({ component: clean, bundles: [], annotations: [{ key: 'wiz.io/project-id', value: 'p-9', dangling: true }] }),
    /matches nothing at any source/,
  ),
  componentCard('numbers only', page({ component: row({ listed: false }), bundles: [] }), 'Numbers only'),
  componentCard('nothing that stays', page({ bundles: [], bundle_count: 0 }), 'comes and goes by itself'),
  componentCard('held', page({ sources: [held] }), 'A sync of Wiz waits for a person to look at it.'),
  componentCard('no source', page({ component: clean, bundles: [], sources: [] }), 'No source of findings is set up.'),
  componentCard('first sync', page({ component: clean, bundles: [], sources: [{ ...never, syncing: true }] }), 'The first sync of Wiz is running.'),
  componentCard('stale', page({ sources: [old], component: row({ checked_at: old.last_run_at }) }), 'Data of Wiz is 27 h old.'),
  componentCard('partial', page({ sources: [part] }), 'Wiz was read only in part.'),
  componentCard('never read', page({ component: clean, bundles: [], sources: [never] }), 'No finding has arrived yet.'),
  componentCard('refused', failing('refused'), 'Not allowed'),
  componentCard('signed out', failing('signed-out'), 'Not signed in to Callboard'),
  componentCard('not found', failing('not-found'), 'Ask payments if you expected something.'),
  componentCard('unreachable', failing('unreachable'), 'Findings cannot be shown now'),
];

const teamCard = (name: string, api: CallboardApi, says: Scene['says']): Scene => ({
  name: `team card: ${name}`,
  api,
  says,
  element: <RollupCard entityRef={TEAM} tab="/catalog/default/group/checkout/callboard" />,
});

const teamCards: Scene[] = [
  teamCard('findings', service(), 'All 16 open findings'),
  teamCard('loading', silent(), 'Loading findings…'),
  teamCard('none found', service({ rollup: async () => rollup({ numbers: none, bundles: [] }) }), 'No open findings.'),
  teamCard(
    'owns nothing',
    service({ rollup: async () => rollup({ numbers: none, bundles: [], components: [] }) }),
    'Nothing is owned here that you may see.',
  ),
  teamCard('stale', service({ rollup: async () => rollup({ sources: [old] }) }), 'Data of Wiz is 27 h old.'),
  teamCard('nothing read', service({ rollup: async () => rollup({ numbers: none, bundles: [], sources: [never] }) }), 'No finding has arrived yet.'),
  teamCard('not found', failing('not-found'), 'Nothing to show you'),
  teamCard('unreachable', failing('unreachable'), 'Findings cannot be shown now'),
];

const USUAL = 'component:checkout-api is:open sort:do-now';
const about = { entityRef: REF, term: 'component:checkout-api', name: 'checkout-api' };

const tab = (name: string, api: CallboardApi, says: Scene['says'], at = '/'): Scene => ({
  name: `tab: ${name}`,
  api,
  says,
  at,
  element: <FindingsPanel usual={USUAL} about={about} />,
});

const nothingFound: Partial<CallboardApi> = {
  facets: async query => ({ query, facets: [] }),
  bundles: async query => ({ query, bundles: [], total: 0, next_cursor: null }),
  findings: async query => listed(query, [], { total: query === USUAL ? 37 : 0 }),
};

const empty = (some: Parameters<typeof componentPage>[0] = { component: clean, bundles: [] }) =>
  service({ ...nothingFound, component: async () => componentPage(some) });

const tabs: Scene[] = [
  tab('work', service(), '2 pieces of work'),
  tab('findings', service(), '2 findings', '/?view=findings'),
  tab('loading', silent(), 'Loading findings…'),
  tab('none found', empty(), 'No open findings.'),
  tab('not mapped', empty({ component: unmapped, bundles: [], annotations: [] }), 'Not mapped'),
  tab('not read', empty({ component: clean, bundles: [], sources: [never] }), 'No finding has arrived yet.'),
  tab('numbers only', empty({ component: row({ listed: false }), bundles: [] }), 'Numbers only'),
  tab('stale', page({ sources: [old] }), 'Data of Wiz is 27 h old.'),
  tab('not yours', { ...empty(), component: failing('not-found').component }, 'Nothing to show you'),
  tab('nothing matches', empty({}), '37 findings are open without these filters.', `/?q=${encodeURIComponent('component:checkout-api cve-2021-1')}`),
  tab('about more', service(), 'This list is not about checkout-api alone.', '/?q=severity:high'),
  tab('bad question', failing('bad-query'), 'This question cannot be understood', '/?q=sev:high'),
  tab('unreachable', failing('unreachable'), 'Findings cannot be shown now'),
];

const drawer = (name: string, api: CallboardApi, says: Scene['says']): Scene => ({
  name: `finding: ${name}`,
  api,
  says,
  element: <FindingDrawer id={17} onClose={() => {}} />,
});

const drawers: Scene[] = [
  drawer('in full', service(), 'Whose is it?'),
  drawer('loading', silent(), 'Loading findings…'),
  drawer(
    'nobody’s, without a link',
    service({
      finding: async () => {
        const full = findingPage();
        return {
          ...full,
          finding: { ...full.finding, ownership: { verdict: 'unmapped', reason: 'no_claim', components: [] } },
          candidates: [],
          history: [],
          link: null,
          link_problem: 'The source gave no link.',
        };
      },
    }),
    'The source gave no link.',
  ),
  drawer(
    'contradicted',
    service({
      finding: async () => {
        const full = findingPage();
        return {
          ...full,
          finding: { ...full.finding, ownership: { verdict: 'conflict', reason: null, components: [] } },
          candidates: full.candidates.map(each => ({ ...each, won: false })),
        };
      },
    }),
    'Components contradict each other',
  ),
  drawer(
    'withheld, fixed',
    service({
      finding: async () => {
        const full = findingPage();
        return {
          ...full,
          finding: { ...full.finding, state: 'fixed', fixed_at: before(3 * HOUR) },
          withheld: ['evidence', 'notes'],
        };
      },
    }),
    'Not told to you: evidence, notes.',
  ),
  drawer(
    'of who may only look',
    service({ whose: async () => explanation({ may_confirm: [], may_deny: [] }) }),
    'Its team and security can say whose it is; you may look.',
  ),
  drawer('in a portal that only shows', service({ passesChanges: () => false }), 'This portal only shows'),
  drawer('unreachable', failing('unreachable'), 'Findings cannot be shown now'),
  drawer('not found', failing('not-found'), 'Nothing to show you'),
];

const keys: Scene[] = [{ name: 'keys', api: service(), element: <KeysDialog onClose={() => {}} />, says: 'next row' }];

const pages: Scene[] = [
  { name: 'page: do now', api: service(), element: <CallboardPage />, says: 'Do now' },
  { name: 'page: a list', api: service(), element: <CallboardPage />, says: '2 findings', at: '/?q=is:open&view=findings' },
  {
    name: 'page: nothing read',
    api: service({ doNow: async () => doNow({ numbers: none, bundles: [], components: [], sources: [never] }) }),
    element: <CallboardPage />,
    says: 'No finding has arrived yet.',
  },
  { name: 'page: loading', api: silent(), element: <CallboardPage />, says: 'Loading findings…' },
  {
    name: 'page: nothing to do',
    api: service({ doNow: async () => doNow({ numbers: none, bundles: [], components: [] }) }),
    element: <CallboardPage />,
    says: 'No open findings among what you own.',
  },
  { name: 'page: unreachable', api: failing('unreachable'), element: <CallboardPage />, says: 'Findings cannot be shown now' },
];

const widgets: Scene[] = [
  { name: 'home: my findings', api: service(), element: <MyFindings />, says: 'overdue' },
  { name: 'home: signed out', api: failing('signed-out'), element: <MyFindings />, says: 'Not signed in to Callboard' },
];

const cell = (name: string, api: CallboardApi, says: Scene['says']): Scene => ({
  name: `column: ${name}`,
  api,
  says,
  element: <FigureCell entityRef={REF} figure="critical" />,
});

const cells: Scene[] = [
  cell('figure', service(), '2'),
  cell('not read', service({ row: async () => row({ open: counts(), checked_at: null }) }), 'not read yet'),
  cell('not mapped', service({ row: async () => unmapped }), 'not mapped'),
  cell('not yours', service({ row: async () => undefined }), 'not yours'),
  cell('unreachable', failing('unreachable'), 'unknown'),
];

export const scenes: Scene[] = [...cells, ...componentCards, ...teamCards, ...tabs, ...drawers, ...keys, ...pages, ...widgets, ...ofPackages];
