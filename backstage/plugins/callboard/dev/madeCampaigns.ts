/** Campaigns as the service tells them. */
import type { Campaign, CampaignDay, CampaignPage } from '../src/api/types';
import { before } from './made';

const DAY = 86_400_000;

const dateOf = (ago: number) => before(ago * DAY).slice(0, 10);

const queries = (id: number) => ({
  findings: `campaign:${id}`,
  open: `campaign:${id} is:open`,
  fixed: `campaign:${id} is:fixed`,
  suppressed: `campaign:${id} is:suppressed`,
  gone: `campaign:${id} state:gone`,
});

export const campaign = (some: Partial<Campaign> = {}): Campaign => ({
  id: 3,
  name: 'No critical one before the launch',
  aim: 'The new checkout goes live in six weeks.',
  query: 'is:open severity:critical',
  owner: 'group:default/checkout',
  due: dateOf(-21),
  late: false,
  made_at: before(20 * DAY),
  made_by: 'user:default/ana.ruiz',
  ended_at: null,
  ended_by: null,
  findings: 40,
  open: 12,
  fixed: 25,
  gone: 1,
  suppressed: 2,
  queries: queries(some.id ?? 3),
  may_change: false,
  url: `/campaigns/${some.id ?? 3}`,
  ...some,
});

/** One of which the day has passed with work left. */
export const late = (): Campaign =>
  campaign({ id: 4, name: 'Log4j is gone', aim: '', due: dateOf(3), late: true, findings: 9, open: 2, fixed: 7, gone: 0, suppressed: 0 });

/** One that somebody ended. */
export const over = (): Campaign =>
  campaign({ id: 2, name: 'Keys are rotated', owner: null, due: null, ended_at: before(9 * DAY), open: 0, fixed: 40, gone: 0, suppressed: 0 });

/** Days with so many left; the others were fixed. */
export const campaignDays = (left: readonly (readonly [string, number])[]): CampaignDay[] =>
  left.map(([day, open]) => ({ day, open, fixed: left[0][1] - open, gone: 0, suppressed: 0 }));

export const campaignPage = (some: Partial<CampaignPage> = {}): CampaignPage => ({
  campaign: campaign(),
  days: campaignDays([40, 40, 37, 37, 31, 30, 30, 22, 18, 18, 12].map((open, at) => [dateOf(20 - 2 * at), open])),
  ...some,
});
