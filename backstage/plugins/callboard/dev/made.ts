/** Answers of the service, made up: what scenes show and tests ask. Typed, so that they cannot drift from the service. */
import type {
  Bundle,
  ComponentPage,
  ComponentRow,
  Counts,
  Decision,
  DecisionDone,
  DecisionDraft,
  DoNow,
  Facets,
  Finding,
  FindingPage,
  Findings,
  Explained,
  Explanation,
  Me,
  Progress,
  Rollup,
  SaidWord,
  Source,
  Week,
} from '../src/api/types';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** What may be said about an open finding by who may decide. */
export const ACTS = ['take', 'assign', 'snooze', 'dismiss', 'ask', 'not-useful', 'comment'] as const;

/** An instant so many milliseconds before now, as the service writes it. */
export const before = (milliseconds: number): string => new Date(Date.now() - milliseconds).toISOString();

export const counts = (some: Partial<Counts> = {}): Counts => {
  const all = { critical: 0, high: 0, medium: 0, unknown: 0, low: 0, info: 0, ...some };
  return { ...all, total: Object.values(all).reduce((sum, n) => sum + n, 0) };
};

export const source = (some: Partial<Source> = {}): Source => ({
  name: 'wiz-main',
  kind: 'wiz',
  last_full_at: before(12 * MINUTE),
  last_run_at: before(12 * MINUTE),
  last_run_state: 'applied',
  reason: null,
  held_run: null,
  stale: false,
  syncing: false,
  rejected: 0,
  out_of_scope: 0,
  findings: 4_120,
  ...some,
});

export const row = (some: Partial<ComponentRow> = {}): ComponentRow => ({
  ref: 'component:default/checkout-api',
  name: 'checkout-api',
  title: null,
  type: 'service',
  lifecycle: 'production',
  owner: 'group:default/checkout',
  owner_title: 'Team Checkout',
  owner_problem: null,
  system: 'system:default/shop',
  mapping: 'claimed',
  open: counts({ critical: 2, high: 5, medium: 9 }),
  oldest_open_at: before(24 * DAY),
  gone_at: null,
  overdue: 3,
  weeks: [12, 12, 11, 9, 9, 8, 7, 7],
  checked_at: before(12 * MINUTE),
  listed: true,
  url: '/components/component/default/checkout-api',
  ...some,
});

export const bundle = (some: Partial<Bundle> = {}): Bundle => ({
  group: 'fix:log4j-core@2.17.1',
  title: 'Upgrade log4j-core to 2.17.1',
  fix: 'Upgrade log4j-core to 2.17.1',
  severity: 'critical',
  findings: 14,
  components: ['component:default/checkout-api'],
  component_count: 1,
  owners: ['group:default/checkout'],
  unmapped: false,
  oldest_at: before(24 * DAY),
  due_at: before(3 * DAY),
  overdue: true,
  known_exploited: true,
  epss: 0.97,
  exposed: true,
  band: 1,
  why: 'Known to be exploited, open to the internet, 3 days late.',
  query: 'bundle:log4j-core is:open sort:do-now',
  example_id: 17,
  filed: [],
  link: 'https://app.wiz.example/issues/17',
  link_problem: null,
  url: '/findings?q=bundle:log4j-core',
  ...some,
});

export const publicBucket = (): Bundle =>
  bundle({
    group: 'fix:public-bucket',
    title: 'Turn on block public access',
    fix: null,
    severity: 'high',
    findings: 2,
    due_at: null,
    overdue: false,
    known_exploited: false,
    why: 'High, and anybody can list it.',
    query: 'bundle:public-bucket is:open sort:do-now',
    link: null,
    link_problem: 'The source gave no link.',
  });

export const componentPage = (some: Partial<ComponentPage> = {}): ComponentPage => ({
  component: row(),
  description: 'Takes orders.',
  location: null,
  annotations: [{ key: 'wiz.io/project-id', value: 'p-1', dangling: false }],
  bundles: [bundle(), publicBucket()],
  bundle_count: 2,
  groups: [],
  open_by_kind: { vulnerability: 14, issue: 2 },
  closed_30d: 4,
  shared: 0,
  inherited: [],
  on_others: 0,
  code: [],
  sources: [source()],
  ...some,
});

/** A week of so many findings opened and closed, `ago` weeks before this one. */
export const week = (opened: number, closed: number, ago = 0): Week => ({
  starts_at: before(7 * ago * DAY),
  opened,
  closed,
  transient: 0,
  open: 16,
});

export const progress = (some: Partial<Progress> = {}): Progress => ({
  weeks: [
    [9, 2],
    [4, 7],
    [12, 10],
    [0, 6],
    [3, 9],
    [5, 5],
    [2, 8],
    [1, 3],
  ].map(([opened, closed], at) => week(opened, closed, 7 - at)),
  half_life_days: 19,
  half_life_n: 142,
  former_half_life_days: 41,
  former_half_life_n: 97,
  ...some,
});

export const explained = (some: Partial<Explained> = {}): Explained => ({
  query: 'component:checkout-api is:open sort:do-now',
  parts: ['component is checkout-api', 'is open'],
  sort: 'do-now',
  group: null,
  url: '/findings?q=component:checkout-api+is:open+sort:do-now',
  ...some,
});

export const doNow = (some: Partial<DoNow> = {}): DoNow => ({
  query: 'owner:@me is:open -is:flapping sort:do-now',
  numbers: {
    open: 16,
    overdue: 3,
    due_soon: 4,
    new: 2,
    new_since: before(DAY),
    flapping: 0,
    transient: 0,
    transient_since: before(7 * DAY),
    suppressed: 1,
    queries: {
      open: 'owner:@me is:open sort:do-now',
      overdue: 'owner:@me is:open is:overdue sort:do-now',
      due_soon: 'owner:@me is:open due:today..2026-12-05 sort:do-now',
      new: 'owner:@me is:open is:new sort:do-now',
    },
  },
  bundles: [bundle(), publicBucket()],
  bundle_count: 2,
  progress: progress(),
  components: [row()],
  sources: [source()],
  catalog_read_at: before(5 * MINUTE),
  unmapped_components: 2,
  revision: 7,
  left_out: null,
  ...some,
});

export const rollup = (some: Partial<Rollup> = {}): Rollup => {
  const { numbers, bundles, bundle_count, components, sources } = doNow();
  return {
    ref: 'group:default/checkout',
    kind: 'group',
    title: 'Team Checkout',
    description: null,
    above: 'group:default/engineering',
    below: [],
    members: 6,
    query: 'owner:checkout is:open -is:flapping sort:do-now',
    counted: null,
    numbers,
    bundles,
    bundle_count,
    progress: progress(),
    components: [...components, row({ ref: 'component:default/fraud', name: 'fraud', mapping: 'none', open: counts(), overdue: null, checked_at: null })],
    sources,
    left_out: null,
    ...some,
  };
};

export const finding = (some: Partial<Finding> = {}): Finding => ({
  id: 17,
  external_id: 'f2a1c0de-0000-4000-8000-000000000017',
  source: 'wiz-main',
  kind: 'vulnerability',
  state: 'open',
  severity: 'critical',
  title: 'CVE-2021-44228 in log4j-core',
  rule: { id: 'CVE-2021-44228', name: 'Remote code execution in log4j-core' },
  resource: { id: 'r-1', name: 'checkout-7f9c', type: 'CONTAINER_IMAGE' },
  ownership: { verdict: 'mapped', reason: null, components: ['component:default/checkout-api'] },
  first_detected_at: '2026-11-05T03:12:00Z',
  last_detected_at: before(12 * MINUTE),
  fixed_at: null,
  due_at: before(3 * DAY),
  in_scope: true,
  reopened: 1,
  fix: 'Upgrade log4j-core to 2.17.1',
  bundle: 'log4j-core',
  band: 1,
  known_exploited: true,
  epss: 0.97,
  exposed: true,
  flapping: false,
  tickets: 0,
  filed: [],
  inherited: false,
  taken_by: null,
  set_aside: null,
  acceptance_asked: null,
  url: '/findings/17',
  ...some,
});

/** One page of the findings that a question has. */
export const listed = (query: string, findings: Finding[], some: Partial<Findings> = {}): Findings => ({
  query,
  findings,
  total: findings.length,
  is_more: false,
  next_cursor: null,
  may: [...ACTS],
  seen: 0,
  ...some,
});

/** What to change, where it can be worked out. */
export const changes = (): FindingPage['guidance'] => ({
  changes: [
    {
      where: 'checkout-api',
      folder: 'services/checkout',
      say: 'Upgrade lodash to 4.17.21 or newer.',
      commands: ['npm install lodash@4.17.21'],
      file: 'services/checkout/package.json',
      patch: '"overrides": { "lodash": "4.17.21" }',
      otherwise: 'Ask `npm ls lodash` what brings it in.',
    },
  ],
  runbooks: [
    { component: 'component:default/checkout-api', of: 'component:default/checkout-api', url: 'https://runbooks.example/checkout' },
  ],
});

/** What was written at the source, and what became of it. */
export const writes = (): FindingPage['writes'] => [
  {
    id: 2,
    operation: 'status',
    words: 'Status set to in progress',
    state: 'refused',
    said: 'Not allowed for this service account',
    decision: 7,
    actor: 'user:default/ada',
    made_at: before(7_200_000),
    ended_at: before(3_600_000),
    attempts: 1,
  },
  {
    id: 1,
    operation: 'note',
    words: 'Note added',
    state: 'done',
    said: null,
    decision: 7,
    actor: 'user:default/ada',
    made_at: before(7_200_000),
    ended_at: before(3_600_000),
    attempts: 1,
  },
];

/** What is to be written at a source, in every state that it comes to. */
export const everyWrite = (): FindingPage['writes'] => {
  const [refused, done] = writes();
  return [
    { ...refused, id: 5, operation: 'assignee', words: 'Assigned to ben@example.com', state: 'waiting', said: null, ended_at: null, attempts: 0 },
    refused,
    { ...refused, id: 3, operation: 'due', words: 'Due 14 Dec 2026', state: 'conflict', said: 'It was changed to 21 Dec 2026.' },
    { ...refused, id: 4, operation: 'ticket', words: 'Ticket acme/security#7 linked', state: 'given-up', said: null, attempts: 40 },
    done,
  ];
};

export const findingPage = (some: Partial<FindingPage> = {}): FindingPage => ({
  finding: finding(),
  rule: {
    id: 'CVE-2021-44228',
    name: 'Remote code execution in log4j-core',
    kind: 'vulnerability',
    description: 'Anybody who can make it **log a text** can run code.',
    remediation: null,
    url: null,
    frameworks: [],
    risks: [],
  },
  resource: {
    id: 'r-1',
    name: 'checkout-7f9c',
    type: 'CONTAINER_IMAGE',
    native_type: null,
    platform: 'AWS',
    region: 'eu-west-1',
    account_id: '123456789012',
    account_name: 'shop-prod',
    provider_id: 'arn:aws:ecr:eu-west-1:123456789012:repository/checkout',
    repository: null,
    status: null,
    tags: {},
  },
  projects: [{ id: 'p-1', name: 'Shop / Checkout' }],
  detail: {
    description: null,
    remediation: '# Do this\n\n1. Upgrade `log4j-core` to **2.17.1**.\n2. [Read more](https://advisory.example/log4j)\n',
    package: 'log4j-core',
    version: '2.14.0',
    fixed_version: '2.17.1',
    location: null,
    detection: null,
    advisory_url: 'https://advisory.example/CVE-2021-44228',
    score: 10,
    epss: 0.97,
    has_exploit: true,
    known_exploited: true,
    exposed: true,
    validated_in_runtime: null,
    resolution: null,
    evidence: [],
    notes: [],
    tickets: [],
    assignee: null,
    source_status: 'OPEN',
    source_severity: 'CRITICAL',
  },
  link: 'https://app.wiz.example/issues/17',
  link_problem: null,
  candidates: [
    { component: 'component:default/checkout-api', tier: 2, text: 'annotation wiz.io/project-id: p-1', won: true },
    { component: 'component:default/shop-web', tier: 6, text: 'account shop-prod', won: false },
  ],
  history: [
    { kind: 'severity', at: before(2 * DAY), recorded_at: before(2 * DAY), actor: 'source', old: 'high', new: 'critical', decision: null },
    { kind: 'opened', at: '2026-11-05T03:12:00Z', recorded_at: '2026-11-05T03:16:00Z', actor: 'source', old: null, new: 'open', decision: null },
  ],
  flapping: false,
  same_rule: 3,
  withheld: [],
  base: null,
  said: [],
  seen: 0,
  may: [...ACTS],
  may_undo: [],
  guidance: changes(),
  writes: writes(),
  source: source(),
  ...some,
});

export const facets = (some: Partial<Facets> = {}): Facets => ({
  query: 'component:checkout-api is:open sort:do-now',
  facets: [
    {
      key: 'severity',
      too_many: false,
      values: [
        { value: 'critical', words: 'critical', findings: 2, query: 'component:checkout-api is:open severity:critical sort:do-now' },
        { value: 'high', words: 'high', findings: 5, query: 'component:checkout-api is:open severity:high sort:do-now' },
      ],
    },
  ],
  ...some,
});

export const said = (some: Partial<SaidWord> = {}): SaidWord => ({
  id: 5,
  word: 'not-ours',
  component: 'component:default/checkout-api',
  moved_findings: 2,
  review: null,
  ...some,
});

/** What somebody said. */
export const decision = (some: Partial<Decision> = {}): Decision => ({
  id: 31,
  act: 'take',
  actor: 'user:default/ana.ruiz',
  at: before(DAY),
  note: '',
  until: null,
  until_at: null,
  reason: null,
  justification: null,
  to: 'user:default/ana.ruiz',
  duplicate_of: null,
  of: null,
  ...some,
});

/** That what a draft says was done, for one finding unless it names more. */
export const decided = (draft: DecisionDraft, some: Partial<DecisionDone> = {}): DecisionDone => ({
  decision: 32,
  act: draft.act,
  findings: draft.findings ?? Array.from({ length: draft.count ?? 1 }, (_, at) => 17 + at),
  left_out: [],
  left_out_count: 0,
  seen: 32,
  ...some,
});

/** Somebody of the team Checkout. */
export const me = (some: Partial<Me> = {}): Me => ({
  actor: 'user:default/ben.otto',
  roles: ['viewer', 'owner'],
  rights: ['decide'],
  owners: ['user:default/ben.otto', 'group:default/checkout'],
  sees: 'own',
  of_others: 'nothing',
  tracked: true,
  ...some,
});

/** Why the resource is checkout-api's, and that its reader may say that it is not. */
export const explanation = (some: Partial<Explanation> = {}): Explanation => ({
  external_id: 'r-1',
  source: 'wiz',
  name: 'checkout-7f9c',
  type: 'CONTAINER',
  verdict: 'mapped',
  reason: null,
  tier: 2,
  components: ['component:default/checkout-api'],
  disputed: false,
  open_findings: 3,
  grounds: [],
  spoken: [],
  history: [],
  withheld: false,
  waits: false,
  base: null,
  may_map: false,
  may_confirm: ['component:default/checkout-api', 'component:default/ledger'],
  may_deny: ['component:default/checkout-api', 'component:default/ledger'],
  may_undo: [],
  ...some,
});
