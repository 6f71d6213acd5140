import { useApi } from '@backstage/core-plugin-api';
import { callboardApiRef } from '../api/CallboardApi';
import { useAnswer } from '../api/useAnswer';
import { Whose } from '../finding/Whose';
import { OneDialog } from '../parts/OneDialog';

/** Whose a finding is, by which evidence, and what may be said about that. */
const WhoseDialog = ({ id, onClose }: { id: number; onClose: () => void }) => {
  const api = useApi(callboardApiRef);
  const answer = useAnswer(String(id), () => api.finding(id));
  const title = `Whose is it? ${answer.state === 'answered' ? answer.value.resource.name : ''}`;
  return (
    <OneDialog title={title} answer={answer} width={560} again={answer.again} onClose={onClose}>
      {page => <Whose page={page} />}
    </OneDialog>
  );
};

export default WhoseDialog;
