import styles from './Decide.module.css';
import { useDeciding } from './useDeciding';
import { Outcome } from './Outcome';

/** What was said last in a list, told where it stays in sight, with its way back. */
export const LastSaid = () => {
  const deciding = useDeciding();
  const last = deciding?.last;
  return (
    <div role="status" className={last ? styles.last : undefined}>
      {last && (
        <Outcome
          key={last.key}
          said={last}
          onLook={() => {
            deciding?.forget(last);
            deciding?.ask(last.target);
          }}
        />
      )}
    </div>
  );
};

