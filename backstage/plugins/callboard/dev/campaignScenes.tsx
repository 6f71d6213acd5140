/** Campaigns of one's teams, and tickets of findings and of pieces of work, in every state. */
import { type ReactElement, useEffect } from 'react';
import type { CallboardApi } from '../src/api/CallboardApi';
import { CallboardError } from '../src/api/errors';
import type { FiledTicket, FindingPage } from '../src/api/types';
import { Campaigns } from '../src/campaigns/Campaigns';
import { DecidingPlace } from '../src/decide/DecidingPlace';
import FindingDrawer from '../src/finding/FindingDrawer';
import { CallboardPage } from '../src/page/CallboardPage';
import TicketDialog from '../src/ticket/TicketDialog';
import { before, bundle, finding, findingPage, me } from './made';
import { campaign, campaignDays, campaignPage, late, over } from './madeCampaigns';
import { filed, ticket, trackers } from './madeTickets';
import type { Scene } from './scene';
import { failing, service, silent } from './service';

/** Opens what is folded, or presses what is called so, as soon as it is there. */
const Opened = ({ what, children }: { what: RegExp; children: ReactElement }) => {
  useEffect(() => {
    const timer = setInterval(() => {
      const found = [...document.querySelectorAll('summary, button')].find(each => what.test(each.textContent ?? ''));
      if (found instanceof HTMLElement) {
        clearInterval(timer);
        found.click();
      }
    }, 20);
    return () => clearInterval(timer);
  }, [what]);
  return children;
};

const campaigns = (name: string, api: CallboardApi, says: Scene['says']): Scene => ({
  name: `campaigns: ${name}`,
  api,
  says,
  at: '/?tab=campaigns',
  element: <CallboardPage />,
});

const burndown = (name: string, api: CallboardApi, says: Scene['says']): Scene => {
  const scene = campaigns(name, api, says);
  return { ...scene, element: <Opened what={/^How it goes: No critical/}>{scene.element}</Opened> };
};

const one = (some: Partial<CallboardApi> = {}) => service({ campaigns: async () => ({ campaigns: [campaign()] }), ...some });

const campaignScenes: Scene[] = [
  campaigns('running and late', service(), 'No critical one before the launch'),
  {
    ...campaigns('over', service({ campaigns: async () => ({ campaigns: [over()] }) }), 'Keys are rotated'),
    element: (
      <Opened what={/ is over$/}>
        <CallboardPage />
      </Opened>
    ),
  },
  campaigns('none', service({ campaigns: async () => ({ campaigns: [] }) }), 'No campaign has a finding of yours to be gone.'),
  {
    ...campaigns('none of a team', service({ campaigns: async () => ({ campaigns: [late()] }) }), 'No campaign runs here of which you see a finding.'),
    at: '/',
    element: <Campaigns owner="group:default/payments" hrefOf={query => `?q=${query}`} />,
  },
  campaigns('loading', silent(), 'Loading campaigns…'),
  campaigns('refused', failing('refused'), 'Not allowed'),
  campaigns('unreachable', failing('unreachable'), 'Campaigns cannot be shown now'),
  burndown('how one goes', one(), '40 at first'),
  burndown('how one begins', one({ campaign: async () => campaignPage({ campaign: campaign({ due: null }), days: campaignDays([['2026-11-01', 40]]) }) }), '40 left'),
  burndown('how one goes, loading', one({ campaign: () => new Promise(() => {}) }), 'Loading how it goes…'),
  burndown('how one goes, unreachable', one({ campaign: failing('unreachable').campaign }), 'How it goes cannot be shown now'),
];

const withTickets = (tickets: FiledTicket[], some: Partial<FindingPage> = {}) => ({
  finding: async () => findingPage({ finding: finding({ filed: tickets }), ...some }),
});

const drawer = (name: string, what: RegExp | undefined, some: Partial<CallboardApi>, says: Scene['says']): Scene => {
  const element = <FindingDrawer id={17} onClose={() => {}} />;
  return { name: `ticket: ${name}`, api: service(some), says, element: what ? <Opened what={what}>{element}</Opened> : element };
};

const every: FiledTicket[] = [
  ticket(),
  ticket({ id: 6, tracker: 'planning', key: 'SEC-12', url: 'https://acme.atlassian.net/browse/SEC-12', state: 'done', status: 'Done', closed_at: before(3_600_000) }),
  ticket({ id: 7, key: null, url: null, state: 'making', status: null }),
  ticket({ id: 8, key: null, url: null, state: 'failed', status: null, problem: 'There is no repository acme/security, or not for us.' }),
  ticket({ id: 9, key: 'acme/old#3', state: 'gone', status: null, problem: null }),
];

const FORM = /^(Create or link a ticket|Change tickets)$/;

const dialog = (name: string, some: Partial<CallboardApi>, says: Scene['says'], what?: RegExp): Scene => {
  const element = (
    <DecidingPlace>
      <TicketDialog bundle={bundle({ filed: [ticket()] })} onClose={() => {}} />
    </DecidingPlace>
  );
  return { name: `ticket: ${name}`, api: service(some), says, element: what ? <Opened what={what}>{element}</Opened> : element };
};

const refused = new CallboardError('refused', 'None of these findings is yours to decide about.');

const ticketScenes: Scene[] = [
  drawer('of a finding, in every state', undefined, withTickets(every), 'There is no repository acme/security'),
  drawer('of a finding that has none', FORM, {}, 'Create ticket'),
  drawer('taken away', FORM, withTickets([ticket()]), 'Without acme/security#7'),
  drawer('no tracker any more', FORM, { tickets: async () => trackers({ trackers: [] }) }, 'No tracker is set up.'),
  drawer('trackers are awaited', FORM, { tickets: () => new Promise(() => {}) }, 'Loading where tickets can be made…'),
  drawer('trackers are not known', FORM, { tickets: failing('unreachable').tickets }, 'Trackers cannot be shown now'),
  drawer('of who may only look', undefined, { ...withTickets([ticket()], { may: [] }), me: async () => me({ rights: [] }) }, /acme\/security#7/),
  dialog('of a piece of work', {}, 'One ticket for one piece of work'),
  dialog('being made', {}, 'a ticket, which is being made in security', /^Create ticket$/),
  dialog('is being sent', { fileTicket: () => new Promise(() => {}) }, 'Link it', /^Create ticket$/),
  dialog('refused', { fileTicket: () => Promise.reject(refused) }, 'None of these findings is yours', /^Create ticket$/),
  dialog('was there already', { fileTicket: async draft => filed({ ...draft, ticket: 'x' }, { findings: 0, is_new: false }) }, 'Nothing new', /^Create ticket$/),
];

export const ofCampaigns: Scene[] = [...campaignScenes, ...ticketScenes];
