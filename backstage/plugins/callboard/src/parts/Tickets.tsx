import { Link } from '@backstage/ui';
import { Fragment } from 'react';
import type { FiledTicket } from '../api/types';
import { safeLink } from './links';
import { standsAs, ticketName } from './ticketWords';

/** Tickets in a tracker, each with where it stands there. */
export const Tickets = ({ tickets }: { tickets: readonly FiledTicket[] }) => (
  <>
    {tickets.map((each, at) => (
      <Fragment key={each.id}>
        {at > 0 && ', '}
        <Named ticket={each} /> ({standsAs(each)})
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
