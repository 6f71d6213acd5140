import { Text } from '@backstage/ui';
import type { Event } from '../api/types';
import { When } from '../parts/When';
import { plain } from '../parts/words';
import styles from './History.module.css';

const ACTORS: Record<string, string> = {
  absence: 'its absence from a complete sync',
  person: 'a person',
  rule: 'a rule',
  catalog: 'the catalog',
};

/** Every change: what, from what to what, by whom and when. */
export const History = ({ events, source }: { events: readonly Event[]; source: string }) => {
  if (events.length === 0) {
    return <Text>No change is recorded.</Text>;
  }
  return (
    <ol className={styles.story}>
      {events.map(each => (
        <li key={`${each.at} ${each.kind} ${each.new}`}>
          <b>{changeWords(each)}</b> by {each.actor === 'source' ? source : ACTORS[each.actor] ?? each.actor},{' '}
          <When at={each.at} />
        </li>
      ))}
    </ol>
  );
};

function changeWords(event: Event): string {
  const kind = plain(event.kind);
  const head = kind.charAt(0).toLocaleUpperCase('en-US') + kind.slice(1);
  if (event.old !== null && event.new !== null) {
    return `${head}: ${plain(event.old)} → ${plain(event.new)}`;
  }
  return event.new === null ? head : `${head}: ${plain(event.new)}`;
}
