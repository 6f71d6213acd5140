import { useApi } from '@backstage/core-plugin-api';
import { Dialog, DialogBody, DialogHeader } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { useAnswer } from '../api/useAnswer';
import { Whose } from '../finding/Whose';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import readable from '../parts/Readable.module.css';

/** Whose a finding is, by which evidence, and what may be said about that. */
const WhoseDialog = ({ id, onClose }: { id: number; onClose: () => void }) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer(String(id), () => api.finding(id));
  return (
    <Dialog isOpen onOpenChange={isOpen => !isOpen && onClose()} width={560} className={readable.readable}>
      <DialogHeader>Whose is it? {answer.state === 'answered' ? answer.value.resource.name : ''}</DialogHeader>
      <DialogBody>
        {answer.state === 'loading' && <Loading />}
        {answer.state === 'failed' && <Failure error={answer.error} again={answer.again} />}
        {answer.state === 'answered' && <Whose page={answer.value} />}
      </DialogBody>
    </Dialog>
  );
};

export default WhoseDialog;
