import type { TicketDone } from '../api/types';
import { count } from '../parts/words';

/** What came of having a ticket made, or of linking one. */
export function filedWords({ ticket, findings, is_new }: TicketDone): string {
  const what = ticket.key === null ? `a ticket, which is being made in ${ticket.tracker}` : `the ticket ${ticket.key}`;
  if (findings === 0) {
    return `Nothing new: there is ${what} for all of it already.`;
  }
  return `${count(findings, is_new ? 'finding' : 'more finding')} ${findings === 1 ? 'has' : 'have'} ${what}.`;
}
