import { useApi } from '@backstage/core-plugin-api';
import { Button, Flex, Text, TextField } from '@backstage/ui';
import { useState } from 'react';
import { callboardApiRef } from '../api/CallboardApi';
import { type CallboardError, failureFrom } from '../api/errors';
import type { SaidWord } from '../api/types';
import { count, failureWords, shortRef } from '../parts/words';
import styles from './SayWhose.module.css';

type Step =
  | { at: 'offered' }
  | { at: 'asked' }
  | { at: 'sent'; isReasoned: boolean }
  | { at: 'said'; word: SaidWord; told: string }
  | { at: 'undone' }
  | { at: 'failed'; error: CallboardError };

/** Say that a thing is a component's, or with a reason that it is not, and take it back. Who is refused is told so. */
export const SayWhose = ({
  component,
  resource,
  source,
  mayConfirm,
  mayDeny,
}: {
  component: string;
  resource: string;
  source: string;
  mayConfirm: boolean;
  mayDeny: boolean;
}) => {
  const api = useApi(callboardApiRef);
  const [step, setStep] = useState<Step>({ at: 'offered' });
  const [reason, setReason] = useState('');
  const name = shortRef(component);
  const act = (doing: Promise<SaidWord>, then: (word: SaidWord) => Step) => {
    setStep({ at: 'sent', isReasoned: step.at === 'asked' });
    doing.then(
      word => setStep(then(word)),
      (error: unknown) =>
        setStep({ at: 'failed', error: failureFrom(error) }),
    );
  };
  const about = { component, resource, source };
  const confirm = () => act(api.confirm({ ...about, reason: '' }), word => ({ at: 'said', word, told: `Said that it is ${name}'s` }));
  const deny = () => act(api.notOurs({ ...about, reason }), word => ({ at: 'said', word, told: `Said that it is not ${name}'s` }));
  return (
    <div aria-live="polite">
      {(step.at === 'offered' || (step.at === 'sent' && !step.isReasoned)) && (
        <Flex gap="2" className={styles.choices}>
          {mayConfirm && (
            <Button size="small" variant="secondary" isPending={step.at === 'sent'} onPress={confirm}>
              It is {name}&apos;s
            </Button>
          )}
          {mayDeny && (
            <Button size="small" variant="secondary" isDisabled={step.at === 'sent'} onPress={() => setStep({ at: 'asked' })}>
              Not {name}&apos;s
            </Button>
          )}
        </Flex>
      )}
      {(step.at === 'asked' || (step.at === 'sent' && step.isReasoned)) && (
        <Flex gap="2" align="end" className={styles.choices}>
          <TextField
            label={`Why it is not ${name}'s`}
            value={reason}
            onChange={setReason}
            maxLength={500}
            // The button that had the focus has just gone.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
          />
          <Button size="small" variant="primary" isPending={step.at === 'sent'} onPress={deny}>
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
            {step.told}
            {step.word.moved_findings > 0 && `; ${count(step.word.moved_findings, 'finding')} moved`}.
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
