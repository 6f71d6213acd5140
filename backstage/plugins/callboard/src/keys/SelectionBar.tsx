import { Button, Flex, Text } from '@backstage/ui';
import styles from '../decide/Decide.module.css';
import { useDeciding } from '../decide/useDeciding';
import { count } from '../parts/words';
import type { Row, Selection } from './rows';
import { targetOf } from './useDecidingKeys';

/** How many rows are marked, and what to do about them. */
export const SelectionBar = ({ rows, selection }: { rows: () => readonly Row[]; selection: Selection }) => {
  const deciding = useDeciding();
  const { size } = selection.selected;
  if (!deciding || size === 0) {
    return null;
  }
  const marked = () => rows().filter(each => selection.selected.has(each.key));
  return (
    <Flex gap="3" align="center" className={styles.last} role="region" aria-label="Selected rows">
      <Text>{count(size, 'row')} selected</Text>
      <Button size="small" variant="primary" aria-haspopup="dialog" onPress={() => deciding.ask(targetOf(marked()))}>
        Decide
      </Button>
      <Button size="small" variant="tertiary" onPress={() => selection.select([])}>
        Clear
      </Button>
    </Flex>
  );
};
