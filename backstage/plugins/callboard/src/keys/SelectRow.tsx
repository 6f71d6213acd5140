import { Checkbox } from '@backstage/ui';
import type { Selection } from './rows';

/** Marks a row, to say something about all that are marked. */
export const SelectRow = ({ selection, rowKey, about }: { selection: Selection; rowKey: string; about: string }) => (
  <Checkbox isSelected={selection.selected.has(rowKey)} onChange={() => selection.toggle(rowKey)} aria-label={`Select: ${about}`}>
    Select
  </Checkbox>
);
