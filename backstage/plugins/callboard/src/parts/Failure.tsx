import { Alert, Button } from '@backstage/ui';
import type { CallboardError } from '../api/errors';
import { failureWords } from './words';

const TITLES: Record<CallboardError['failure'], string> = {
  unreachable: 'Findings cannot be shown now',
  'signed-out': 'Not signed in to Callboard',
  refused: 'Not allowed',
  'not-found': 'Nothing to show you',
  'bad-query': 'This question cannot be understood',
  conflict: 'Somebody was quicker',
  'read-only': 'Nothing can be changed from here',
  broken: 'Findings cannot be shown now',
};

/** Why there is no answer. Never an empty place that looks like "no findings". */
export const Failure = ({
  error,
  again,
  owners,
  what = 'Findings',
}: {
  error: CallboardError;
  again?: () => void;
  /** Whom to ask where nothing may be seen. */
  owners?: readonly string[];
  /** What is missing, as it begins a sentence. */
  what?: string;
}) => (
  <Alert
    role="alert"
    status={error.failure === 'not-found' || error.failure === 'bad-query' ? 'info' : 'danger'}
    icon
    title={TITLES[error.failure].replace(/^Findings/, what)}
    description={`${failureWords(error, owners, what.toLocaleLowerCase('en-US'))}${error.requestId ? ` Request ${error.requestId}.` : ''}`}
    customActions={
      again && error.failure !== 'bad-query' ? (
        <Button size="small" variant="secondary" onPress={again}>
          Try again
        </Button>
      ) : undefined
    }
  />
);
