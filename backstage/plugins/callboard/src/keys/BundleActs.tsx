import type { Bundle } from '../api/types';
import { DecideButton } from '../decide/DecideButton';
import { TicketButton } from '../ticket/TicketButton';
import type { Selection } from './rows';
import { SelectRow } from './SelectRow';

/** What can be done about a piece of work: decide about all of it, have a ticket made, or mark it to decide about several. */
export const BundleActs = ({ bundle, selection }: { bundle: Bundle; selection?: Selection }) => (
  <>
    <DecideButton target={{ kind: 'query', query: bundle.query, title: bundle.title }} about={bundle.title} />
    <TicketButton bundle={bundle} />
    {selection && <SelectRow selection={selection} rowKey={bundle.query} about={bundle.title} />}
  </>
);
