import type { Bundle } from '../api/types';
import { DecideButton } from '../decide/DecideButton';
import type { Selection } from './rows';
import { SelectRow } from './SelectRow';

/** What can be done about a piece of work: decide about all of it, or mark it to decide about several. */
export const BundleActs = ({ bundle, selection }: { bundle: Bundle; selection?: Selection }) => (
  <>
    <DecideButton target={{ kind: 'query', query: bundle.query, title: bundle.title }} about={bundle.title} />
    {selection && <SelectRow selection={selection} rowKey={bundle.query} about={bundle.title} />}
  </>
);
