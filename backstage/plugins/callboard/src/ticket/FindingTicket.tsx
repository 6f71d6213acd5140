import { Button, Flex } from '@backstage/ui';
import { lazy, Suspense, useState } from 'react';
import type { FindingPage } from '../api/types';
import { useDeciding } from '../decide/useDeciding';
import { Loading } from '../parts/Loading';
import { Tickets } from '../parts/Tickets';

const TicketForm = lazy(() => import('./TicketForm').then(m => ({ default: m.TicketForm })));

/** Whether there is anything to say about tickets of a finding: some that it has, or that one may be made. */
export function useTickets({ finding, may }: FindingPage): { isShown: boolean; mayFile: boolean } {
  const deciding = useDeciding();
  const mayFile = deciding?.me?.tracked === true && !deciding.why && may.length > 0;
  return { isShown: mayFile || finding.filed.length > 0, mayFile };
}

/** The tickets of a finding, each with where it stands, and for who may decide, where there is a tracker, the way to another. */
export const FindingTicket = ({ page: { finding }, mayFile }: { page: FindingPage; mayFile: boolean }) => {
  const deciding = useDeciding();
  const [isOpen, setOpen] = useState(false);
  return (
    <Flex direction="column" gap="2">
      {finding.filed.length > 0 && (
        <div>
          <Tickets tickets={finding.filed} withProblems />
        </div>
      )}
      {mayFile && (
        <Flex>
          <Button size="small" variant="secondary" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
            {finding.filed.length > 0 ? 'Change tickets' : 'Create or link a ticket'}
          </Button>
        </Flex>
      )}
      {mayFile && isOpen && (
        <Suspense fallback={<Loading rows={2} words="Loading where tickets can be made…" />}>
          <TicketForm about={{ finding: finding.id }} filed={finding.filed} onDone={() => deciding?.changed()} />
        </Suspense>
      )}
    </Flex>
  );
};
