import { Button } from '@backstage/ui';
import { lazy, Suspense, useState } from 'react';
import type { Bundle } from '../api/types';
import { useDeciding } from '../decide/useDeciding';

const TicketDialog = lazy(() => import('./TicketDialog'));

/** Opens what can be said about tickets of a piece of work, for who may decide, where there is a tracker. */
export const TicketButton = ({ bundle }: { bundle: Bundle }) => {
  const deciding = useDeciding();
  const [isOpen, setOpen] = useState(false);
  return deciding?.me?.tracked && !deciding.why ? (
    <>
      <Button size="small" variant="secondary" aria-label={`Ticket: ${bundle.title}`} aria-haspopup="dialog" onPress={() => setOpen(true)}>
        Ticket
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <TicketDialog bundle={bundle} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  ) : null;
};
