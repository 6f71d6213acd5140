import { Checkbox, Dialog, DialogBody, DialogHeader, Flex, Text } from '@backstage/ui';
import { useState } from 'react';
import { keysAreOn, setKeys } from './setting';
import styles from './KeysDialog.module.css';

const KEYS = [
  ['j', 'next row'],
  ['k', 'row before'],
  ['Enter', 'open the row'],
  ['o', 'open it at its source, in a new tab'],
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
