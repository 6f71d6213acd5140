import { useApi } from '@backstage/core-plugin-api';
import { Button, Flex, Select, Text, TextField } from '@backstage/ui';
import { type FormEvent, useState } from 'react';
import { callboardApiRef } from '../api/CallboardApi';
import { failureFrom } from '../api/errors';
import type { FiledTicket, TicketDraft, TrackerName } from '../api/types';
import { type Answer, useAnswer } from '../api/useAnswer';
import styles from '../decide/Decide.module.css';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import { ticketName } from '../parts/ticketWords';
import { count, failureWords } from '../parts/words';
import { filedWords } from './words';

/** What a ticket is about: a finding with all of its piece of work, or a piece of work. */
export type TicketAbout = { finding: number } | { q: string };

/** Have a ticket made, link one that is there, or say that there is none any more; and what came of it. */
export const TicketForm = ({ about, filed, onDone }: { about: TicketAbout; filed: readonly FiledTicket[]; onDone: () => void }) => {
  const api = useApi(callboardApiRef);
  const trackers = useAnswer('trackers', () => api.tickets());
  switch (trackers.state) {
    case 'loading':
      return <Loading rows={2} words="Loading where tickets can be made…" />;
    case 'failed':
      return <Failure error={trackers.error} again={trackers.again} what="Trackers" />;
    default:
      return trackers.value.trackers.length > 0 ? (
        <Offered about={about} filed={filed} trackers={trackers.value.trackers} onDone={onDone} />
      ) : (
        <Text color="secondary">No tracker is set up. Whoever looks after Callboard names one in its configuration.</Text>
      );
  }
};

type Way = 'make' | 'link' | `without ${number}`;

const Offered = ({
  about,
  filed,
  trackers,
  onDone,
}: {
  about: TicketAbout;
  filed: readonly FiledTicket[];
  trackers: readonly TrackerName[];
  onDone: () => void;
}) => {
  const api = useApi(callboardApiRef);
  const [tracker, setTracker] = useState<string>();
  const [key, setKey] = useState('');
  const [doing, setDoing] = useState<{ way: Way; outcome: Answer<string> }>();
  const sending = doing?.outcome.state === 'loading' ? doing.way : undefined;
  const follow = (way: Way, done: Promise<string>) => {
    setDoing({ way, outcome: { state: 'loading' } });
    done.then(
      value => {
        setDoing({ way, outcome: { state: 'answered', value } });
        onDone();
      },
      (error: unknown) => setDoing({ way, outcome: { state: 'failed', error: failureFrom(error) } }),
    );
  };
  const file = (way: Way, draft: TicketDraft) => follow(way, api.fileTicket({ ...about, ...draft }).then(filedWords));
  const make = (event: FormEvent) => {
    event.preventDefault();
    file('make', { tracker });
  };
  const link = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim()) {
      file('link', { ticket: key.trim() });
    }
  };
  const without = (id: number) =>
    'finding' in about && follow(`without ${id}`, api.unlinkTicket(id, about.finding).then(({ findings }) => `${count(findings, 'finding')} without this ticket now.`));
  const how = (way: Way) => ({ isPending: sending === way, isDisabled: sending !== undefined && sending !== way });
  return (
    <Flex direction="column" gap="3">
      <div role="status">
        {doing?.outcome.state === 'answered' && <Text>{doing.outcome.value}</Text>}
        {doing?.outcome.state === 'failed' && (
          <Text color="danger" weight="bold">
            Nothing was done. {failureWords(doing.outcome.error)}
          </Text>
        )}
      </div>
      <form onSubmit={make} aria-label="Create a ticket" className={styles.fields}>
        <Select
          label="In"
          options={trackers.map(each => ({ value: each.name, label: `${each.name}: ${each.project}` }))}
          selectedKey={tracker ?? null}
          placeholder="your team's tracker"
          onSelectionChange={chosen => chosen !== null && setTracker(String(chosen))}
        />
        <Flex>
          <Button type="submit" size="small" variant="primary" {...how('make')}>
            Create ticket
          </Button>
        </Flex>
      </form>
      <form onSubmit={link} aria-label="Link a ticket that is there" className={styles.fields}>
        <TextField size="small" label="Key or address of a ticket that is there" value={key} onChange={setKey} maxLength={500} isRequired />
        <Flex>
          <Button type="submit" size="small" variant="secondary" {...how('link')}>
            Link it
          </Button>
        </Flex>
      </form>
      {'finding' in about && filed.length > 0 && (
        <Flex gap="2" className={styles.choices}>
          {filed.map(each => (
            <Button key={each.id} size="small" variant="tertiary" {...how(`without ${each.id}`)} onPress={() => without(each.id)}>
              Without {ticketName(each)}
            </Button>
          ))}
        </Flex>
      )}
    </Flex>
  );
};
