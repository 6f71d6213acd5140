import { Link } from '@backstage/ui';
import { Fragment } from 'react';
import type { FiledTicket } from '../api/types';
import { safeLink } from './links';
import { standsAs, ticketName } from './ticketWords';

/** Tickets in a tracker, each with where it stands there; where there is room, with why one could not be made or read. */
export const Tickets = ({ tickets, withProblems = false }: { tickets: readonly FiledTicket[]; withProblems?: boolean }) => (
  <>
    {tickets.map((each, at) => (
      <Fragment key={each.id}>
        {at > 0 && ', '}
        <Named ticket={each} /> ({standsAs(each)}){withProblems && each.problem && `: ${each.problem}`}
      </Fragment>
    ))}
  </>
);

const Named = ({ ticket }: { ticket: FiledTicket }) => {
  const safe = safeLink(ticket.url);
  const name = ticketName(ticket);
  return safe ? (
    <Link href={safe} target="_blank" rel="noopener noreferrer">
      {name}
    </Link>
  ) : (
    <>{name}</>
  );
};
