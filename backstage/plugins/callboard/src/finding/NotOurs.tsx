import { useApi } from '@backstage/core-plugin-api';
import { Button, Flex, Text, TextField } from '@backstage/ui';
import { useState } from 'react';
import { callboardApiRef } from '../api/CallboardApi';
import { CallboardError } from '../api/errors';
import type { SaidWord } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { count, failureWords, shortRef } from '../parts/words';

type Step =
  | { at: 'offered' }
  | { at: 'asked' }
  | { at: 'sent' }
  | { at: 'said'; word: SaidWord }
  | { at: 'undone' }
  | { at: 'failed'; error: CallboardError };

/** Say that a thing is not a component's, with a reason, and take it back. Who has no right to decide is not asked; who is refused is told so. */
export const NotOurs = ({ component, resource, source }: { component: string; resource: string; source: string }) => {
  const api = useApi(callboardApiRef);
  const [step, setStep] = useState<Step>({ at: 'offered' });
  const [reason, setReason] = useState('');
  const me = useAnswer('me', () => api.me());
  const name = shortRef(component);
  const act = (doing: Promise<SaidWord>, then: (word: SaidWord) => Step) => {
    setStep({ at: 'sent' });
    doing.then(
      word => setStep(then(word)),
      (error: unknown) =>
        setStep({ at: 'failed', error: error instanceof CallboardError ? error : new CallboardError('broken', String(error)) }),
    );
  };
  const say = () => act(api.notOurs({ component, resource, source, reason }), word => ({ at: 'said', word }));
  if (me.state !== 'answered' || !me.value.rights.includes('decide')) {
    return null;
  }
  return (
    <div aria-live="polite">
      {step.at === 'offered' && (
        <Button size="small" variant="secondary" onPress={() => setStep({ at: 'asked' })}>
          Not {name}&apos;s
        </Button>
      )}
      {(step.at === 'asked' || step.at === 'sent') && (
        <Flex gap="2" align="end">
          <TextField
            label={`Why it is not ${name}'s`}
            value={reason}
            onChange={setReason}
            maxLength={500}
            // The button that had the focus has just gone.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
          />
          <Button size="small" variant="primary" isPending={step.at === 'sent'} onPress={say}>
            Say so
          </Button>
          <Button size="small" variant="tertiary" onPress={() => setStep({ at: 'offered' })}>
            Cancel
          </Button>
        </Flex>
      )}
      {step.at === 'said' && (
        <Flex gap="2" align="center">
          <Text>
            Said that it is not {name}&apos;s; {count(step.word.moved_findings, 'finding')} moved.
          </Text>
          <Button
            size="small"
            variant="tertiary"
            onPress={() => act(api.undo(step.word.id), () => ({ at: 'undone' }))}
          >
            Undo
          </Button>
        </Flex>
      )}
      {step.at === 'undone' && <Text>Taken back.</Text>}
      {step.at === 'failed' && <Text color="secondary">{failureWords(step.error)}</Text>}
    </div>
  );
};
