import { Checkbox, Dialog, DialogBody, DialogHeader, Flex, Text } from '@backstage/ui';
import { useState } from 'react';
import { keysAreOn, setKeys } from './setting';
import styles from './KeysDialog.module.css';

const KEYS = [
  ['j', 'next row'],
  ['k', 'row before'],
  ['Enter', 'open the row'],
  ['o', 'open it at its source, in a new tab'],
  ['a', 'take it'],
  ['h', 'snooze it'],
  ['d', 'dismiss it'],
  ['n', 'whose it is; not ours'],
  ['x', 'select it; a, h and d are then about all that is selected'],
  ['u', 'take back what was said, within 10 seconds'],
  ['g i', 'to what to do now'],
  ['g t', 'to its team'],
  ['g c', 'to its component'],
  ['/', 'to the question'],
  ['?', 'these keys'],
] as const;

/** What the keys are, and whether single letters are any. */
const KeysDialog = ({ onClose }: { onClose: () => void }) => {
  const [isOn, setOn] = useState(keysAreOn);
  return (
    <Dialog isOpen onOpenChange={isOpen => !isOpen && onClose()} width={420}>
      <DialogHeader>Keys</DialogHeader>
      <DialogBody>
        <Flex direction="column" gap="4">
          <Text>They count while the focus is in a list of findings.</Text>
          <dl className={styles.keys}>
            {KEYS.map(([key, what]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
          <Checkbox
            isSelected={isOn}
            onChange={on => {
              setOn(on);
              setKeys(on);
            }}
          >
            Single letters are keys
          </Checkbox>
        </Flex>
      </DialogBody>
    </Dialog>
  );
};

export default KeysDialog;
