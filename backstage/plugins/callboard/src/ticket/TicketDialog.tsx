import { useApi } from '@backstage/core-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import type { Bundle } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { useDeciding } from '../decide/useDeciding';
import { OneDialog } from '../parts/OneDialog';
import { Tickets } from '../parts/Tickets';
import { count } from '../parts/words';
import { TicketForm } from './TicketForm';

/** One ticket for one piece of work. */
const TicketDialog = ({ bundle, onClose }: { bundle: Bundle; onClose: () => void }) => {
  const api = useApi(callboardApiRef);
  const deciding = useDeciding();
  const answer = useAnswer(bundle.query, () => api.findings(bundle.query, { limit: 1 }));
  return (
    <OneDialog title={`Ticket: ${bundle.title}`} answer={answer} width={560} rows={4} again={answer.again} onClose={onClose}>
      {({ total }) => (
        <Flex direction="column" gap="3">
          <Text>One ticket for one piece of work: {count(total, 'finding')}, of which it is about those that are yours.</Text>
          {bundle.filed.length > 0 && (
            <div>
              <Tickets tickets={bundle.filed} withProblems />
            </div>
          )}
          <TicketForm about={{ q: bundle.query }} filed={bundle.filed} onDone={() => deciding?.changed()} />
        </Flex>
      )}
    </OneDialog>
  );
};

export default TicketDialog;
