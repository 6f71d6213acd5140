import type { FiledTicket } from '../api/types';
import { standsAs, ticketName } from './ticketWords';

const TICKET: FiledTicket = {
  id: 3,
  tracker: 'planning',
  key: 'PAY-12',
  url: 'https://acme.atlassian.net/browse/PAY-12',
  state: 'open',
  status: 'In Review',
  opened_at: '2026-03-02T08:00:00Z',
  closed_at: null,
  read_at: '2026-03-02T09:00:00Z',
  problem: null,
};

describe('a ticket', () => {
  it('is told by its key and in the word of its tracker', () => {
    expect(ticketName(TICKET)).toBe('PAY-12');
    expect(standsAs(TICKET)).toBe('in review');
    expect(standsAs({ ...TICKET, state: 'done', status: 'Closed' })).toBe('closed');
  });

  it('is told in our words while the tracker has told nothing', () => {
    const made = { ...TICKET, key: null, url: null, state: 'making', status: null };
    expect(ticketName(made)).toBe('ticket in planning');
    expect(standsAs(made)).toBe('being made');
    expect(standsAs({ ...TICKET, status: null })).toBe('open');
    expect(standsAs({ ...TICKET, state: 'gone' })).toBe('not found in the tracker');
    expect(standsAs({ ...made, state: 'a new word' })).toBe('a new word');
  });
});
