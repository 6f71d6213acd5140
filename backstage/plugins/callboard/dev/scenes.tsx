/** Every component in every state that it has a face for. */
import { type ReactElement, useEffect } from 'react';
import type { CallboardApi } from '../src/api/CallboardApi';
import { CallboardError } from '../src/api/errors';
import type { FindingPage } from '../src/api/types';
import { ComponentCard } from '../src/card/ComponentCard';
import { RollupCard } from '../src/card/RollupCard';
import { FigureCell } from '../src/catalog/FigureCell';
import DecideDialog from '../src/decide/DecideDialog';
import { DecidingPlace } from '../src/decide/DecidingPlace';
import FindingDrawer from '../src/finding/FindingDrawer';
import KeysDialog from '../src/keys/KeysDialog';
import WhoseDialog from '../src/keys/WhoseDialog';
import { MyFindings } from '../src/home/MyFindings';
import { FindingsPanel } from '../src/list/FindingsPanel';
import { CallboardPage } from '../src/page/CallboardPage';
import { before, componentPage, counts, decided, decision, doNow, everyWrite, explanation, finding, findingPage, listed, rollup, row, source } from './made';
import { ofCampaigns } from './campaignScenes';
import { ofPackages } from './packageScenes';
import type { Scene } from './scene';
import { failing, service, silent } from './service';

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
  drawer('written in every way', service({ finding: async () => findingPage({ writes: everyWrite() }) }), 'not reached for days'),
  drawer('unreachable', failing('unreachable'), 'Findings cannot be shown now'),
  drawer('not found', failing('not-found'), 'Nothing to show you'),
];

const MONTH = 30 * 24 * HOUR;
const ANA = 'user:default/ana.ruiz';
const saidOf = (said: FindingPage['said'], some: Partial<FindingPage> = {}) =>
  service({
    finding: async () =>
      findingPage({ said, may: ['assign', 'snooze', 'dismiss', 'ask', 'not-useful', 'comment'], may_undo: said.map(each => each.id), seen: 31, ...some }),
  });
const snoozed = decision({ id: 32, act: 'snooze', until: 'worse', until_at: before(-12 * MONTH), note: 'After the launch.' });

const quicker = async () => {
  throw new CallboardError('conflict', `Somebody else has taken it: ${ANA}.`, { hint: 'Look again.' });
};

const about17 = { kind: 'finding', id: 17, title: 'CVE-2021-44228 in log4j-core' } as const;
const bundled = { kind: 'query', query: 'bundle:log4j-core is:open', title: 'Upgrade log4j-core to 2.17.1' } as const;
const fourteen = service({
  findings: async query =>
    listed(
      query,
      Array.from({ length: 10 }, (_, at) => finding({ id: 17 + at, resource: { id: `r-${at}`, name: `checkout-7f9c-${at}`, type: 'CONTAINER_IMAGE' } })),
      { total: 14 },
    ),
});

/** Presses what opens a form, or says something, as soon as it is there. */
const Pressed = ({ button, children }: { button: string; children: ReactElement }) => {
  useEffect(() => {
    const timer = setInterval(() => {
      const found = [...document.querySelectorAll('[role=group] button')].find(each => each.textContent === button);
      if (found instanceof HTMLElement) {
        clearInterval(timer);
        found.click();
      }
    }, 20);
    return () => clearInterval(timer);
  }, [button]);
  return children;
};

const decisions: Scene[] = [
  drawer('taken by somebody', saidOf([decision()], { finding: finding({ taken_by: ANA }) }), 'taken by ana.ruiz'),
  drawer('snoozed', saidOf([decision(), snoozed], { finding: finding({ state: 'snoozed', taken_by: ANA, set_aside: snoozed }) }), 'After the launch.'),
  drawer(
    'its risk waits for somebody who agrees',
    saidOf([decision({ act: 'ask', until_at: before(-MONTH), note: 'The vendor mends it in spring.' })], { may: ['accept', 'comment'] }),
    'asks to accept the risk',
  ),
  drawer('of who sees it and may not decide', service({ finding: async () => findingPage({ may: [] }) }), 'for whoever owns it and may decide'),
  {
    name: 'decide: somebody was quicker',
    api: service({ decide: quicker }),
    says: 'Somebody else has taken it',
    element: (
      <Pressed button="Take">
        <FindingDrawer id={17} onClose={() => {}} />
      </Pressed>
    ),
  },
  {
    name: 'decide: no answer',
    api: service({ decide: failing('unreachable').decide }),
    says: 'Try again',
    element: (
      <Pressed button="Take">
        <FindingDrawer id={17} onClose={() => {}} />
      </Pressed>
    ),
  },
  {
    name: 'decide: taken just now',
    api: service(),
    says: '1 finding taken.',
    element: (
      <Pressed button="Take">
        <FindingDrawer id={17} onClose={() => {}} />
      </Pressed>
    ),
  },
  ...(['snooze', 'dismiss', 'ask', 'assign', 'not-useful', 'comment'] as const).map(act => ({
    name: `decide: ${act}`,
    api: service(),
    says: act === 'assign' ? 'A group or a user' : 'Cancel',
    element: (
      <DecidingPlace>
        <DecideDialog target={about17} act={act} onClose={() => {}} />
      </DecidingPlace>
    ),
  })),
  {
    name: 'decide: a piece of work',
    api: fourteen,
    says: 'and 4 more',
    element: (
      <DecidingPlace>
        <DecideDialog target={bundled} act="take" onClose={() => {}} />
      </DecidingPlace>
    ),
  },
  {
    name: 'decide: a piece of work, some left out',
    api: {
      ...fourteen,
      decide: async draft =>
        decided(draft, {
          findings: [17, 18, 19],
          left_out: [20, 21].map(id => ({ finding: id, why: 'taken', words: `Somebody else has taken it: ${ANA}.`, by: ANA })),
          left_out_count: 2,
        }),
    },
    says: '2 were left out.',
    element: (
      <Pressed button="Take">
        <DecidingPlace>
          <DecideDialog target={bundled} onClose={() => {}} />
        </DecidingPlace>
      </Pressed>
    ),
  },
  {
    name: 'decide: too many',
    api: service({ findings: async query => listed(query, [], { total: 10_000, is_more: true }) }),
    says: 'are too many at once',
    element: (
      <DecidingPlace>
        <DecideDialog target={bundled} onClose={() => {}} />
      </DecidingPlace>
    ),
  },
  {
    name: 'list: taken and snoozed',
    api: service({
      findings: async query =>
        listed(query, [
          finding({ taken_by: ANA }),
          finding({ id: 18, title: 'Bucket is public', state: 'snoozed', set_aside: snoozed }),
          finding({ id: 19, title: 'Key is old', state: 'snoozed', set_aside: decision({ act: 'snooze', until: '7d', until_at: before(-7 * 24 * HOUR) }) }),
          finding({ id: 20, title: 'Port is open', state: 'dismissed', set_aside: decision({ act: 'dismiss', reason: 'mitigated' }) }),
          finding({ id: 21, title: 'Role is wide', acceptance_asked: decision({ act: 'ask' }) }),
        ]),
    }),
    element: <FindingsPanel usual={USUAL} about={about} />,
    says: 'taken by ana.ruiz',
    at: '/?view=findings',
  },
  { name: 'list: whose is it', api: service(), element: <WhoseDialog id={17} onClose={() => {}} />, says: 'Also named' },
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

export const scenes: Scene[] = [...cells, ...componentCards, ...teamCards, ...tabs, ...drawers, ...decisions, ...keys, ...pages, ...widgets, ...ofPackages, ...ofCampaigns];
