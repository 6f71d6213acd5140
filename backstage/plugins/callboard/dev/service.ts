/** A service that answers from memory. What a scene does not make up cannot be reached. */
import type { CallboardApi } from '../src/api/CallboardApi';
import { CallboardError, type CallboardFailure } from '../src/api/errors';
import { bundle, componentPage, decided, doNow, explained, explanation, facets, finding, findingPage, listed, me, publicBucket, rollup, row, said, source } from './made';
import { campaign, campaignPage, late } from './madeCampaigns';
import { filed, trackers } from './madeTickets';
import { componentPackages, riskRegister, sbom, sbomCoverage, whoUses } from './madePackages';

/** A service in which all is well, but for what `some` says. */
export const service = (some: Partial<CallboardApi> = {}): CallboardApi => ({
  row: async () => row(),
  component: async () => componentPage(),
  rollup: async () => rollup(),
  doNow: async () => doNow(),
  bundles: async query => ({ query, bundles: [bundle(), publicBucket()], total: 2, next_cursor: null }),
  findings: async query =>
    listed(query, [
      finding(),
      finding({ id: 18, severity: 'unknown', title: 'Bucket is public', state: 'in_progress', last_detected_at: null, due_at: null }),
    ]),
  facets: async () => facets(),
  finding: async () => findingPage(),
  whose: async () => explanation(),
  whoUses: async () => whoUses(),
  sbomCoverage: async () => sbomCoverage(),
  sbom: async () => sbom(),
  packages: async () => componentPackages(),
  portalRisks: async () => riskRegister(),
  campaigns: async () => ({ campaigns: [campaign(), late()] }),
  campaign: async id => campaignPage({ campaign: campaign({ id }) }),
  tickets: async () => trackers(),
  fileTicket: async draft => filed(draft),
  unlinkTicket: async () => ({ findings: 1 }),
  passesChanges: () => true,
  explain: async query => explained({ query }),
  sources: async () => ({ sources: [source()], link_checks: [], broken_links_30d: {} }),
  decide: async draft => decided(draft),
  me: async () => me(),
  confirm: async word => said({ word: 'confirm', component: word.component, moved_findings: 0 }),
  notOurs: async word => said({ component: word.component }),
  undo: async id => said({ id }),
  followed: () => {},
  seen: () => {},
  ...some,
});

/** Every question answered in one way. */
const every = (answer: () => Promise<never>): Partial<CallboardApi> => ({
  row: answer,
  component: answer,
  rollup: answer,
  doNow: answer,
  bundles: answer,
  findings: answer,
  explain: answer,
  facets: answer,
  finding: answer,
  whose: answer,
  whoUses: answer,
  sbomCoverage: answer,
  sbom: answer,
  packages: answer,
  portalRisks: answer,
  campaigns: answer,
  campaign: answer,
  tickets: answer,
  fileTicket: answer,
  unlinkTicket: answer,
  sources: answer,
  decide: answer,
  me: answer,
  confirm: answer,
  notOurs: answer,
  undo: answer,
});

/** A service of which every question fails in the same way. */
export const failing = (failure: CallboardFailure): CallboardApi => {
  const fail = async () => {
    throw new CallboardError(failure, 'It cannot be told.', { requestId: '01JABC' });
  };
  return service(every(fail));
};

/** A service that never answers. */
export const silent = (): CallboardApi => {
  const wait = () => new Promise<never>(() => {});
  return service(every(wait));
};
