import { Dialog, DialogBody, DialogHeader } from '@backstage/ui';
import { type ReactNode } from 'react';
import { type Answer } from '../api/useAnswer';
import { Failure } from './Failure';
import { FocusStays } from './FocusStays';
import { Loading } from './Loading';
import readable from './Readable.module.css';

/** A dialog about one thing that has to be asked for first. Escape closes it, whatever went away under the focus. */
export const OneDialog = <T,>({
  title,
  answer,
  width,
  rows,
  again,
  onClose,
  children,
}: {
  title: ReactNode;
  answer: Answer<T>;
  /** In pixels. */
  width: number;
  /** How many lines stand in for the answer while it is awaited. */
  rows?: number;
  /** Ask again after a failure. */
  again: () => void;
  onClose: () => void;
  children: (value: T) => ReactNode;
}) => {
  return (
    <Dialog isOpen onOpenChange={isOpen => !isOpen && onClose()} width={width} className={readable.readable}>
      <DialogHeader>{title}</DialogHeader>
      <DialogBody>
        <FocusStays>
          {answer.state === 'loading' && <Loading rows={rows} />}
          {answer.state === 'failed' && <Failure error={answer.error} again={again} />}
          {answer.state === 'answered' && children(answer.value)}
        </FocusStays>
      </DialogBody>
    </Dialog>
  );
};
