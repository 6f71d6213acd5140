import type { FiledTicket } from '../api/types';

const WORDS: Record<string, string> = {
  making: 'being made',
  open: 'open',
  done: 'done',
  gone: 'not found in the tracker',
  failed: 'could not be made',
};

/** What a ticket is called; before the tracker has named it, where it will be. */
export function ticketName(ticket: FiledTicket): string {
  return ticket.key ?? `ticket in ${ticket.tracker}`;
}

/** Where a ticket stands: in the tracker's own word, once it has told one. */
export function standsAs(ticket: FiledTicket): string {
  const isTold = (ticket.state === 'open' || ticket.state === 'done') && ticket.status;
  return isTold ? ticket.status!.toLowerCase() : (WORDS[ticket.state] ?? ticket.state);
}
