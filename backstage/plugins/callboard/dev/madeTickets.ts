/** Tickets and where they can be made, as the service tells them. */
import type { FiledTicket, TicketDone, TicketDraft, Tickets } from '../src/api/types';
import { before } from './made';

export const ticket = (some: Partial<FiledTicket> = {}): FiledTicket => ({
  id: 5,
  tracker: 'security',
  key: 'acme/security#7',
  url: 'https://github.com/acme/security/issues/7',
  state: 'open',
  status: 'open',
  opened_at: before(86_400_000),
  closed_at: null,
  read_at: before(600_000),
  problem: null,
  ...some,
});

export const trackers = (some: Partial<Tickets> = {}): Tickets => ({
  tickets: [],
  trackers: [
    { name: 'security', kind: 'github', project: 'acme/security' },
    { name: 'planning', kind: 'jira', project: 'SEC' },
  ],
  before: null,
  ...some,
});

/** One that is being made, or the one that was named. */
export const filed = (draft: TicketDraft, some: Partial<TicketDone> = {}): TicketDone => ({
  ticket: draft.ticket
    ? ticket()
    : ticket({ key: null, url: null, state: 'making', status: null, opened_at: null, read_at: null, tracker: draft.tracker ?? 'security' }),
  findings: 3,
  is_new: true,
  ...some,
});
