import { useApi } from '@backstage/core-plugin-api';
import { Button, Flex, Select, Text, TextField } from '@backstage/ui';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { callboardApiRef } from '../api/CallboardApi';
import type { DecisionDraft } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { plain } from '../parts/words';
import styles from './Decide.module.css';
import { draftOf, type Fields } from './draft';
import { type Act, JUSTIFICATIONS, LABELS, REASONS, UNTIL, USUAL_UNTIL } from './words';

/** What an act needs to be said with it. What was filled in stays for another act. */
export const ActForm = ({
  act,
  fields,
  onChange,
  onSay,
  onCancel,
  isSending,
}: {
  act: Act;
  fields: Fields;
  onChange: (some: Fields) => void;
  onSay: (draft: DecisionDraft) => void;
  onCancel: () => void;
  isSending: boolean;
}) => {
  const [missing, setMissing] = useState<string>();
  const say = (event: FormEvent) => {
    event.preventDefault();
    const draft = draftOf(act, fields);
    if (typeof draft === 'string') {
      setMissing(draft);
    } else {
      setMissing(undefined);
      onSay(draft);
    }
  };
  return (
    <form onSubmit={say} aria-label={LABELS[act]} className={styles.fields}>
      <Needed act={act} fields={fields} onChange={onChange} />
      <TextField
        size="small"
        label={act === 'comment' ? 'Comment' : 'Why'}
        secondaryLabel={act === 'comment' || act === 'ask' ? undefined : 'optional'}
        value={fields.note ?? ''}
        onChange={note => onChange({ note })}
        maxLength={2_000}
        // The first field takes the focus; the button that was pressed stands above.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={act === 'comment' || act === 'not-useful'}
      />
      {HINTS[act] && (
        <Text variant="body-small" color="secondary">
          {HINTS[act]}
        </Text>
      )}
      {missing && (
        <Text role="alert" color="danger">
          {missing}
        </Text>
      )}
      <Flex gap="2">
        <Button type="submit" size="small" variant="primary" isPending={isSending}>
          {LABELS[act]}
        </Button>
        <Button size="small" variant="tertiary" onPress={onCancel}>
          Cancel
        </Button>
      </Flex>
    </form>
  );
};

const HINTS: Partial<Record<Act, string>> = {
  ask: 'It stays open until somebody else agrees.',
  'not-useful': 'It tells whoever looks after the rules; the finding stays open.',
};

/** The fields that only this act has. */
const Needed = ({ act, fields, onChange }: { act: Act; fields: Fields; onChange: (some: Fields) => void }) => {
  switch (act) {
    case 'snooze':
      return (
        <Choice
          label="It comes back"
          options={UNTIL}
          value={fields.until ?? USUAL_UNTIL}
          onChange={until => onChange({ until })}
          isFirst
        />
      );
    case 'dismiss':
      return (
        <>
          <Choice label="Reason" options={REASONS.map(each => [each, plain(each)])} value={fields.reason} onChange={reason => onChange({ reason })} isFirst />
          {fields.reason === 'not-used' && (
            <Choice
              label="Why it is not affected"
              options={JUSTIFICATIONS.map(each => [each, plain(each)])}
              value={fields.justification}
              onChange={justification => onChange({ justification })}
            />
          )}
          {fields.reason === 'duplicate' && (
            <TextField
              size="small"
              label="Of finding number"
              inputMode="numeric"
              value={fields.duplicate_of ?? ''}
              onChange={duplicate_of => onChange({ duplicate_of })}
            />
          )}
          {fields.reason === 'wont-fix-retiring' && <Day label="Gone by" value={fields.day} onChange={day => onChange({ day })} />}
        </>
      );
    case 'ask':
      return <Day label="Until" value={fields.day} onChange={day => onChange({ day })} isFirst />;
    case 'assign':
      return <To value={fields.to} onChange={to => onChange({ to })} />;
    default:
      return null;
  }
};

const Choice = ({
  label,
  options,
  value,
  onChange,
  isFirst,
}: {
  label: string;
  options: readonly (readonly [string, string])[];
  value?: string;
  onChange: (value: string) => void;
  isFirst?: boolean;
}) => (
  <Select
    label={label}
    options={options.map(([each, words]) => ({ value: each, label: words }))}
    selectedKey={value ?? null}
    onSelectionChange={key => key !== null && onChange(String(key))}
    // eslint-disable-next-line jsx-a11y/no-autofocus
    autoFocus={isFirst}
  />
);

const DAY_MS = 86_400_000;

const Day = ({ label, value, onChange, isFirst }: { label: string; value?: string; onChange: (day: string) => void; isFirst?: boolean }) => {
  const id = useId();
  return (
    <div className={styles.day}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="date"
        min={new Date(Date.now() + DAY_MS).toISOString().slice(0, 10)}
        value={value ?? ''}
        onChange={event => onChange(event.target.value)}
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={isFirst}
      />
    </div>
  );
};

/** Who does the work: the reader's own group, unless somebody else is named. */
const To = ({ value, onChange }: { value?: string; onChange: (to: string) => void }) => {
  const api = useApi(callboardApiRef);
  const me = useAnswer('me', () => api.me());
  const own = me.state === 'answered' ? me.value.owners ?? [] : [];
  const usual = own[own.length - 1];
  useEffect(() => {
    if (value === undefined && usual !== undefined) {
      onChange(usual);
    }
  }, [value, usual, onChange]);
  return (
    <TextField
      size="small"
      label="To"
      description="A group or a user, for example group:default/payments"
      value={value ?? ''}
      onChange={onChange}
      maxLength={300}
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
    />
  );
};
