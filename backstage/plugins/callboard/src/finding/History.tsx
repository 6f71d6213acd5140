import { Text } from '@backstage/ui';
import type { Event } from '../api/types';
import { said } from '../decide/words';
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
        <li key={`${each.at} ${each.kind} ${each.new} ${each.decision?.id}`}>
          {each.decision ? (
            <>
              <b>{capital(said(each.decision))}</b>
              {changed(each)}
              {each.decision.note && ` · ${each.decision.note}`}
            </>
          ) : (
            <>
              <b>{changeWords(each)}</b> by {each.actor === 'source' ? source : ACTORS[each.actor] ?? each.actor}
            </>
          )}
          , <When at={each.at} />
        </li>
      ))}
    </ol>
  );
};

const capital = (text: string) => text.charAt(0).toLocaleUpperCase('en-US') + text.slice(1);

/** What it was before and after, where a decision has changed that. */
function changed({ old, new: now }: Event): string {
  return old === null && now === null ? '' : ` (${plain(old ?? 'nobody')} → ${plain(now ?? 'nobody')})`;
}

function changeWords(event: Event): string {
  const head = capital(plain(event.kind));
  if (event.old !== null && event.new !== null) {
    return `${head}: ${plain(event.old)} → ${plain(event.new)}`;
  }
  return event.new === null ? head : `${head}: ${plain(event.new)}`;
}
