import { Button, Flex, Text } from '@backstage/ui';
import { failureWords } from '../parts/words';
import { type Said, useDeciding } from './useDeciding';
import { mayTakeBack, outcomeWords, refusal } from './saying';
import styles from './Decide.module.css';

/** So many of those left out are told one by one. */
const SHOWN = 5;

/** What became of what was said: what was done, who was quicker, and how to take it back. */
export const Outcome = ({ said, onLook }: { said: Said; onLook?: () => void }) => {
  const deciding = useDeciding();
  const error = refusal(said);
  const left = said.outcome.state === 'answered' && !said.back ? said.outcome.value.left_out : [];
  return (
    <Flex direction="column" gap="1">
      <Flex gap="2" align="center" className={styles.choices}>
        <Text weight={error ? 'bold' : 'regular'}>
          {outcomeWords(said)}
          {error && ` ${failureWords(error)}`}
        </Text>
        {mayTakeBack(said) && (
          <Button size="small" variant="secondary" onPress={() => deciding?.takeBack(said)}>
            Undo
          </Button>
        )}
        {(error?.failure === 'unreachable' || error?.failure === 'broken') && (
          <Button size="small" variant="secondary" onPress={() => deciding?.again(said)}>
            Try again
          </Button>
        )}
        {error?.failure === 'conflict' && onLook && (
          <Button size="small" variant="secondary" onPress={onLook}>
            Look again
          </Button>
        )}
      </Flex>
      {left.length > 0 && (
        <ul className={styles.left}>
          {left.slice(0, SHOWN).map(each => (
            <li key={each.finding}>
              #{each.finding}: {each.words}
            </li>
          ))}
        </ul>
      )}
    </Flex>
  );
};
